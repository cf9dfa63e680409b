import { u16be, u24be } from '../bytes/integers';

/** Types of tags (Adobe Flash Video File Format Specification 10.1, E.4.1); RTMP messages of these types have the same payload. */
export const FlvTagType = { audio: 8, video: 9, script: 18 } as const;

/** What a payload of audio or video is. */
export type FlvPacketKind =
  /** Parameters for the decoder. */
  | 'config'
  | 'frame'
  /** The sequence is over. */
  | 'end'
  /** A command, metadata of colours, a channel layout: nothing to decode. */
  | 'other';

/** The first bytes of an audio or video tag, taken apart; reused. */
export class FlvMediaHeader {
  /** Encoding name: as in RTP where there is such a format, else as below. */
  codec = '';
  packet: FlvPacketKind = 'other';
  isKey = false;
  /** Presentation after decoding, milliseconds. */
  compositionMs = 0;
  /** Where the coded bits begin. */
  bodyStart = 0;
  /** Of a multitrack message with one track; 0 for all others. */
  trackId = 0;
  /** Several tracks in one message: they are named, not taken apart. */
  isMultitrack = false;
  /** As the first byte says; AAC and Enhanced RTMP know better. */
  sampleRateHz = 0;
  channels = 0;
}

/** Video codecs by number (E.4.3.1); 12 and 13 are no part of it, but common. */
const videoCodecs: Readonly<Record<number, string>> = {
  1: 'JPEG',
  2: 'FLV1',
  3: 'SCREEN-VIDEO',
  4: 'VP6F',
  5: 'VP6A',
  6: 'SCREEN-VIDEO-2',
  7: 'H264',
  12: 'H265',
  13: 'AV1',
};

/** Audio codecs by number (E.4.2.1). */
const audioCodecs: Readonly<Record<number, string>> = {
  0: 'PCM',
  1: 'ADPCM',
  2: 'MPA',
  3: 'PCM',
  4: 'NELLYMOSER',
  5: 'NELLYMOSER',
  6: 'NELLYMOSER',
  7: 'PCMA',
  8: 'PCMU',
  10: 'AAC',
  11: 'SPEEX',
  14: 'MPA',
};

/** Codecs of Enhanced RTMP (v2), by FourCC. */
const fourCcCodecs: Readonly<Record<string, string>> = {
  avc1: 'H264',
  hvc1: 'H265',
  vvc1: 'H266',
  av01: 'AV1',
  vp08: 'VP8',
  vp09: 'VP9',
  mp4a: 'AAC',
  Opus: 'OPUS',
  '.mp3': 'MPA',
  'ac-3': 'AC3',
  'ec-3': 'EAC3',
  fLaC: 'FLAC',
};

const rates = [5512, 11_025, 22_050, 44_100];
const exAudio = 9;
const PacketType = {
  sequenceStart: 0,
  codedFrames: 1,
  sequenceEnd: 2,
  codedFramesX: 3,
  multitrack: 5,
  modEx: 7,
} as const;
/** Of video; that of audio is 5 (Enhanced RTMP v2, `VideoPacketType`). */
const videoMultitrack = 6;
const mpeg2SequenceStart = 5;
const manyTracksManyCodecs = 2;

/** Takes the first bytes of a video tag apart; false when there are too few, or they mean nothing. */
export function readVideoHeader(bytes: Uint8Array, start: number, end: number, header: FlvMediaHeader): boolean {
  reset(header);
  if (start >= end) return false;
  const first = bytes[start];
  const frameType = (first >> 4) & 7;
  header.isKey = frameType === 1 || frameType === 4;
  if (first >= 0x80) return readExtended(bytes, start, end, header, true, frameType);
  const number = first & 0x0f;
  header.codec = videoCodecs[number] ?? '';
  if (header.codec === '') return false;
  // A command frame has a seek command and no picture.
  if (frameType === 5) return true;
  header.packet = 'frame';
  header.bodyStart = start + 1;
  if (number === 7 || number >= 12) {
    if (end - start < 5) return false;
    header.packet = packetKind(bytes[start + 1]);
    header.compositionMs = header.packet === 'frame' ? signed24(bytes, start + 2) : 0;
    header.bodyStart = start + 5;
  } else if (number === 4 || number === 5) {
    // One byte of adjustment before the bits: what decoders take as parameters.
    header.bodyStart = start + 2;
  }
  return true;
}

/** Takes the first bytes of an audio tag apart; false when there are too few, or they mean nothing. */
export function readAudioHeader(bytes: Uint8Array, start: number, end: number, header: FlvMediaHeader): boolean {
  reset(header);
  header.isKey = true;
  if (start >= end) return false;
  const first = bytes[start];
  const number = first >> 4;
  if (number === exAudio) return readExtended(bytes, start, end, header, false, 0);
  header.codec = audioCodecs[number] ?? '';
  if (header.codec === '') return false;
  header.sampleRateHz = rates[(first >> 2) & 3];
  header.channels = 1 + (first & 1);
  const bits = first & 2 ? 16 : 8;
  header.packet = 'frame';
  header.bodyStart = start + 1;
  if (number === 10) {
    if (end - start < 2) return false;
    header.packet = packetKind(bytes[start + 1]);
    header.bodyStart = start + 2;
  } else if (header.codec === 'PCM') {
    header.codec = bits === 16 ? 'PCM-S16LE' : 'PCM-U8';
  } else if (number === 4 || number === 11) {
    // Both run at 16 kHz with one channel, whatever the other bits say.
    header.sampleRateHz = 16_000;
    header.channels = 1;
  } else if (number === 5 || number === 7 || number === 8 || number === 14) {
    header.sampleRateHz = 8000;
    if (number === 5) header.channels = 1;
  }
  return true;
}

/** ExVideoTagHeader and ExAudioTagHeader (Enhanced RTMP v2). */
function readExtended(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FlvMediaHeader,
  isVideo: boolean,
  frameType: number,
): boolean {
  let type = bytes[start] & 0x0f;
  let at = start + 1;
  while (type === PacketType.modEx) {
    let size = (bytes[at] ?? 0) + 1;
    at += 1;
    if (size === 256) {
      size = u16be(bytes, at) + 1;
      at += 2;
    }
    at += size;
    if (at >= end) return false;
    type = bytes[at] & 0x0f;
    at += 1;
  }
  const isMetadata = isVideo && type === 4;
  if (isVideo && frameType === 5 && !isMetadata) return at < end;
  if (type === (isVideo ? videoMultitrack : PacketType.multitrack)) {
    if (at >= end) return false;
    const tracks = bytes[at] >> 4;
    type = bytes[at] & 0x0f;
    at += 1;
    header.isMultitrack = tracks !== 0;
    if (tracks !== manyTracksManyCodecs && !takeFourCc(bytes, at, end, header)) return false;
    at += tracks === manyTracksManyCodecs ? 0 : 4;
    if (header.isMultitrack) return true;
    if (at >= end) return false;
    header.trackId = bytes[at];
    at += 1;
  } else {
    if (!takeFourCc(bytes, at, end, header)) return false;
    at += 4;
  }
  header.packet = extendedKind(type, isVideo);
  const hasComposition = isVideo && type === PacketType.codedFrames && /^H26/.test(header.codec);
  if (hasComposition) {
    if (at + 3 > end) return false;
    header.compositionMs = signed24(bytes, at);
    at += 3;
  }
  header.bodyStart = at;
  return true;
}

function takeFourCc(bytes: Uint8Array, at: number, end: number, header: FlvMediaHeader): boolean {
  if (at + 4 > end) return false;
  const fourCc = String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
  // A name that is not known is shown as it stands, as far as it can be.
  header.codec = fourCcCodecs[fourCc] ?? fourCc.replace(/[^\x20-\x7e]/g, '?');
  return true;
}

function extendedKind(type: number, isVideo: boolean): FlvPacketKind {
  if (type === PacketType.sequenceStart) return 'config';
  if (type === PacketType.codedFrames || (isVideo && type === PacketType.codedFramesX)) return 'frame';
  // Parameters as in a transport stream are others than those of files.
  if (isVideo && type === mpeg2SequenceStart) return 'other';
  return type === PacketType.sequenceEnd ? 'end' : 'other';
}

/** AVCPacketType (E.4.3.1) and AACPacketType (E.4.2.1). */
function packetKind(type: number): FlvPacketKind {
  if (type === 0) return 'config';
  if (type === 1) return 'frame';
  return type === 2 ? 'end' : 'other';
}

const signed24 = (bytes: Uint8Array, at: number): number => (u24be(bytes, at) << 8) >> 8;

function reset(header: FlvMediaHeader): void {
  header.codec = '';
  header.packet = 'other';
  header.isKey = false;
  header.compositionMs = 0;
  header.bodyStart = 0;
  header.trackId = 0;
  header.isMultitrack = false;
  header.sampleRateHz = 0;
  header.channels = 0;
}
