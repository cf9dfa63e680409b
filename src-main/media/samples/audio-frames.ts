import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { u16be, u32be } from '#engine/bytes/integers';
import { type AacConfig, ac3Header, findCodec, mpegAudioHeader, parseAacConfig } from '#engine/codecs/index';
import type { PayloadReader } from '../payload-reader';
import { assumedAac } from './assumed-aac';
import { readSample } from './sample-bytes';
import { trackTimes } from './sample-times';

/** A frame of coded sound as a container holds it. */
export interface AudioFrame {
  readonly data: Uint8Array;
  /** On the axis of the capture; without a break where nothing is missing. */
  readonly timeSeconds: number;
  readonly durationSeconds: number;
  /** Sample of the track that it came in. */
  readonly sample: number;
  readonly format: AudioFrameFormat;
}

/** What a frame is, as it tells itself or as the track says. */
export interface AudioFrameFormat {
  /** AudioSpecificConfig, OpusHead, or what else the track has; null where frames tell everything. */
  readonly config: Uint8Array | null;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of MPEG audio; 0 for other formats. */
  readonly layer: number;
}

/** A frame within its sample. */
interface Piece {
  readonly data: Uint8Array;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly config?: Uint8Array;
  readonly layer?: number;
}

/** Takes a sample apart into frames; its number tells those apart that do not say how long they are. */
type Splitter = (bytes: Uint8Array, sample: number) => Piece[];

/**
 * Times of containers are rounded, RTMP's to the millisecond: a frame that begins this near to the end of the one
 * before follows it. What is farther off is a gap.
 */
const shortestGapSeconds = 0.002;
const longestRoundingSeconds = 0.012;

/**
 * Frames of a sound track in order, none before the one before it; a sender that stamps them too densely has them
 * overlap. What is damaged is left out, so that nothing false sounds.
 */
export function* audioFrames(track: SampleTrack, reader: PayloadReader): Generator<AudioFrame> {
  const split = splitterOf(track);
  if (!split) return;
  const count = Math.min(track.count, track.timeSeconds.length);
  const times = trackTimes(track, count);
  let start = Number.NEGATIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    const { bytes, holes } = readSample(track, i, reader);
    const whole = holes.length > 0 ? bytes.subarray(0, holes[0]) : bytes;
    let offset = 0;
    for (const { data, samples, sampleRateHz, channels, config = track.config, layer = 0 } of split(whole, i)) {
      const durationSeconds = samples / sampleRateHz;
      const time = times[i] + offset;
      offset += durationSeconds;
      const tolerance = Math.max(shortestGapSeconds, Math.min(longestRoundingSeconds, durationSeconds / 2));
      const follows = Math.abs(time - end) <= tolerance;
      // What begins before the frame before it has no place in a file: it came twice, or was stamped anew.
      if (!follows && time <= start) continue;
      const timeSeconds = follows ? end : time;
      start = timeSeconds;
      end = timeSeconds + durationSeconds;
      yield { data, timeSeconds, durationSeconds, sample: i, format: { config, sampleRateHz, channels, layer } };
    }
  }
}

/** Codec of a sound track in lower case, its several names made one. */
export function audioCodecOf({ codec }: Pick<SampleTrack, 'codec'>): string {
  const id = codec.toLowerCase();
  if (id === 'mpeg4-generic' || id === 'mp4a-latm' || id === 'aac') return 'aac';
  return id === 'mp3' || id === 'mp2' ? 'mpa' : id;
}

/** Null for formats whose frames cannot be told. */
function splitterOf(track: SampleTrack): Splitter | null {
  switch (audioCodecOf(track)) {
    case 'aac':
      if (track.framing === 'adts') return splitAdts;
      return track.framing === 'loas' ? loasSplitter() : plainAac(track);
    case 'mpa':
      return splitMpegAudio;
    case 'ac3':
    case 'eac3':
      return splitAc3;
    case 'opus':
      return plainOpus(track);
    case 'vorbis':
    case 'flac':
      return timedSound(track);
    default:
      return plainSound(track);
  }
}

function plainAac(track: SampleTrack): Splitter {
  let parsed = track.config ? parseAacConfig(track.config) : undefined;
  return (data) => {
    if (data.length === 0) return [];
    if (parsed === undefined) parsed = assumedAac(track, data);
    return parsed ? [aacPiece(parsed, data)] : [];
  };
}

function aacPiece({ coreFrameSamples, coreRateHz, channels, bytes }: AacConfig, data: Uint8Array): Piece {
  return { data, samples: coreFrameSamples, sampleRateHz: coreRateHz, channels, config: bytes };
}

/** ADTS frames (ISO/IEC 14496-3, 1.A.2.2), each of one raw data block, as all senders make them. */
function splitAdts(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at + 7 <= bytes.length; ) {
    const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
    const header = bytes[at + 1] & 1 ? 7 : 9;
    if ((u16be(bytes, at) & 0xfff6) !== 0xfff0 || length < header || at + length > bytes.length) {
      at += 1;
      continue;
    }
    const parsed = adtsConfig(bytes[at + 2], bytes[at + 3]);
    if (parsed && length > header) pieces.push(aacPiece(parsed, bytes.subarray(at + header, at + length)));
    at += length;
  }
  return pieces;
}

const adtsConfigs = new Map<number, AacConfig | null>();

/** AudioSpecificConfig of what an ADTS header says: object type, rate and channels. */
function adtsConfig(second: number, third: number): AacConfig | null {
  const key = ((second << 8) | third) & 0xfdc0;
  const known = adtsConfigs.get(key);
  if (known !== undefined) return known;
  const objectType = 1 + (second >> 6);
  const rateIndex = (second >> 2) & 15;
  const channels = ((second & 1) << 2) | (third >> 6);
  const word = (objectType << 11) | (rateIndex << 7) | (channels << 3);
  const parsed = parseAacConfig(Uint8Array.of(word >> 8, word & 0xff));
  adtsConfigs.set(key, parsed);
  return parsed;
}

/**
 * AudioSyncStream (ISO/IEC 14496-3, 1.7.2): a sync word of 11 bits and a length of 13 before each AudioMuxElement, which
 * is what RTP carries too.
 */
function loasSplitter(): Splitter | null {
  const elements = findCodec('mp4a-latm')?.createDepacketizer?.({ clockRateHz: 90_000, channels: 2 });
  if (!elements) return null;
  let sequence = 0;
  return (bytes) => {
    const pieces: Piece[] = [];
    for (let at = 0; at + 3 <= bytes.length; ) {
      const length = ((bytes[at + 1] & 0x1f) << 8) | bytes[at + 2];
      if (u16be(bytes, at) >> 5 !== 0x2b7 || at + 3 + length > bytes.length) {
        at += 1;
        continue;
      }
      const payload = bytes.subarray(at + 3, at + 3 + length);
      sequence += 1;
      const packet = { payload, sequence, timestamp: sequence, marker: true, frame: 0, lostBefore: 0, missing: 0 };
      for (const { units, isDamaged } of elements.push(packet)) {
        const parsed = !isDamaged && units.length === 2 ? parseAacConfig(units[0]) : null;
        if (parsed) pieces.push(aacPiece(parsed, units[1]));
      }
      at += 3 + length;
    }
    return pieces;
  };
}

function splitMpegAudio(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const header = mpegAudioHeader(u32be(bytes, at));
    if (!header || at + header.frameBytes > bytes.length) {
      at += 1;
      continue;
    }
    const { samples, sampleRateHz, channels, layer } = header;
    const data = bytes.subarray(at, at + header.frameBytes);
    pieces.push({ data, samples, sampleRateHz, channels, layer });
    at += header.frameBytes;
  }
  return pieces;
}

/** An independent frame takes the dependent ones behind it along. */
function splitAc3(bytes: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  let first = 0;
  for (let at = 0; at < bytes.length; ) {
    const header = ac3Header(bytes, at);
    if (!header || header.frameBytes === 0 || at + header.frameBytes > bytes.length) {
      at += 1;
      continue;
    }
    const { frameBytes, samples, sampleRateHz, channels, isDependent } = header;
    const last = pieces[pieces.length - 1];
    if (isDependent && last && first + last.data.length === at) {
      pieces[pieces.length - 1] = { ...last, data: bytes.subarray(first, at + frameBytes) };
    } else {
      first = at;
      pieces.push({ data: bytes.subarray(at, at + frameBytes), samples, sampleRateHz, channels });
    }
    at += frameBytes;
  }
  return pieces;
}

function plainOpus(track: SampleTrack): Splitter {
  const coding = findCodec('opus')?.createCoding?.({ clockRateHz: 48_000, channels: track.channels ?? 2 });
  return (data) => {
    const facts = { timestamp: 0, isKey: true, isDamaged: false, followsGap: false, gaps: [], frames: [] };
    const samples = coding?.measure({ ...facts, units: [data] }).samples ?? 0;
    const channels = track.channels ?? (data[0] & 4 ? 2 : 1);
    return samples > 0 ? [{ data, samples, sampleRateHz: 48_000, channels }] : [];
  };
}

/** Bytes of a sample of one channel, where the length of the bytes tells how long they sound. */
const sampleWidths: Readonly<Record<string, number>> = { pcmu: 1, pcma: 1, l16: 2 };

function plainSound(track: SampleTrack): Splitter | null {
  const width = sampleWidths[audioCodecOf(track)];
  const { sampleRateHz, channels } = track;
  if (!width || !sampleRateHz || !channels || channels > 8) return null;
  return (bytes) => {
    const samples = Math.floor(bytes.length / (width * channels));
    const data = bytes.subarray(0, samples * width * channels);
    return samples > 0 ? [{ data, samples, sampleRateHz, channels }] : [];
  };
}

/** Frames that last until the next one; the last one as long as the one before it. */
function timedSound({ timeSeconds, sampleRateHz, channels }: SampleTrack): Splitter | null {
  if (!sampleRateHz || !channels) return null;
  return (data, sample) => {
    const from = Math.min(sample, timeSeconds.length - 2);
    const samples = Math.round((timeSeconds[from + 1] - timeSeconds[from]) * sampleRateHz);
    return data.length > 0 && samples > 0 ? [{ data, samples, sampleRateHz, channels }] : [];
  };
}
