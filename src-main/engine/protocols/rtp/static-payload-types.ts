/** What a payload type means where nothing was signalled. */
interface StaticPayloadType {
  /** Encoding name as registered (RFC 4855). */
  readonly encodingName: string;
  /** Rate of the RTP timestamp, which for G722 is not the sampling rate (RFC 3551, section 4.5.2). */
  readonly clockRateHz: number;
  /** Audio channels; 1 for video and where the table gives none. */
  readonly channels: number;
  readonly media: 'audio' | 'video';
}

function audio(encodingName: string, clockRateHz: number, channels = 1): StaticPayloadType {
  return { encodingName, clockRateHz, channels, media: 'audio' };
}

function video(encodingName: string): StaticPayloadType {
  return { encodingName, clockRateHz: 90_000, channels: 1, media: 'video' };
}

/** Static payload types of the audio/video profile: RFC 3551, section 6, tables 4 and 5. */
export const staticPayloadTypes: ReadonlyMap<number, StaticPayloadType> = new Map([
  [0, audio('PCMU', 8000)],
  [3, audio('GSM', 8000)],
  [4, audio('G723', 8000)],
  [5, audio('DVI4', 8000)],
  [6, audio('DVI4', 16_000)],
  [7, audio('LPC', 8000)],
  [8, audio('PCMA', 8000)],
  [9, audio('G722', 8000)],
  [10, audio('L16', 44_100, 2)],
  [11, audio('L16', 44_100, 1)],
  [12, audio('QCELP', 8000)],
  [13, audio('CN', 8000)],
  [14, audio('MPA', 90_000)],
  [15, audio('G728', 8000)],
  [16, audio('DVI4', 11_025)],
  [17, audio('DVI4', 22_050)],
  [18, audio('G729', 8000)],
  [25, video('CelB')],
  [26, video('JPEG')],
  [28, video('nv')],
  [31, video('H261')],
  [32, video('MPV')],
  [33, video('MP2T')],
  [34, video('H263')],
]);
