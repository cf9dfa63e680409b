import type { MediaSamples, SampleTrack } from '#engine/analysis/sessions/media-samples';
import type { DescriptionChange, PictureTable } from '#engine/analysis/video/picture-table';
import { type CodecDefinition, findCodec, type VideoInspector } from '#engine/codecs/index';
import { lengthPrefixedRanges, nalRanges } from '#engine/containers/annex-b';
import { avcConfiguration, hevcConfiguration, type NalConfiguration } from '#engine/containers/nal-configuration';
import { RpcFailure } from '../../workers/rpc/protocol';
import type { PictureSource } from '../mux/video-plan';
import type { PayloadReader } from '../payload-reader';
import { maxSampleBytes, readSample, type SampleBytes, sampleSize } from './sample-bytes';
import { trackTimes } from './sample-times';

/** Times of the files that are made: that of all video over RTP and TS, and a multiple of RTMP's milliseconds. */
const clockRateHz = 90_000;
/** A picture every 16 ms for more than a day. */
const maxPictures = 6_000_000;
const maxDescriptions = 1000;

/** Formats that no RTP packet carries: named as FLV names them. */
const otherFormats: Readonly<Record<string, string>> = {
  flv1: 'FLV1',
  vp6: 'VP6',
  vp6f: 'VP6F',
  vp6a: 'VP6A',
  'screen-video': 'SCREEN-VIDEO',
};
/** Every picture of these stands for itself. */
const intraOnly = new Set(['jpeg']);

/** Format of a video track; null for names that mean nothing here. */
export function videoFormat(encodingName: string): CodecDefinition | null {
  const known = findCodec(encodingName);
  if (known) return known.media === 'video' ? known : null;
  const id = encodingName.toLowerCase();
  const name = otherFormats[id];
  if (!name) return null;
  return {
    id,
    encodingName: name,
    media: 'video',
    role: 'media',
    clockRateHz,
    staticTypes: [],
    elementaryFormat: null,
  };
}

/**
 * The video track of what was found as coded samples, as the pictures that files are made of. Fails with `no-picture`
 * when there is none, `codec-not-playable` when its format is not known. Any columns are legal: what makes no sense in
 * them is a picture without bytes, or one that stands where the one before ended.
 */
export function samplePictures(samples: MediaSamples, reader: PayloadReader): PictureSource {
  const track = videoTrack(samples);
  const codec = track && videoFormat(track.codec);
  if (!track)
    throw new RpcFailure({ code: 'no-picture', message: 'There is no video in it.', where: samples.sourceId });
  if (!codec) throw unknownFormat(track);
  const reading = new TrackReading(track, codec);
  const count = Math.min(track.count, track.timeSeconds.length, maxPictures);
  const bytes = new Float64Array(count);
  const isDamaged = new Uint8Array(count);
  const followsGap = new Uint8Array(count);
  const isKey = new Uint8Array(count);
  let unreadable = 0;
  for (let i = 0; i < count; i += 1) {
    const { total, missing } = sampleSize(track, i, reader);
    const isTooLarge = total > maxSampleBytes;
    bytes[i] = isTooLarge ? 0 : total - missing;
    if (bytes[i] === 0) unreadable += 1;
    isDamaged[i] = missing > 0 || isTooLarge || track.isDamaged[i] === 1 ? 1 : 0;
    followsGap[i] = isDamaged[i] === 0 && track.missing[i] > 0 ? 1 : 0;
    isKey[i] = intraOnly.has(codec.id) || track.isKey[i] === 1 ? 1 : 0;
  }
  const { descriptions, inspector, signalled } = inspect(track, codec, isKey, bytes, reading, reader);
  const parameterSets = inspector?.parameterSets ?? [];
  const frames = track.frame.slice(0, count);
  const table: PictureTable = {
    format: { codec, parameters: { clockRateHz, channels: 1 }, payloadTypes: new Set() },
    count,
    timestamp: Float64Array.from(frames, (_, i) => Math.round(track.timeSeconds[i] * clockRateHz)),
    segment: new Uint32Array(count),
    arrivalSeconds: track.decodeSeconds.slice(0, count),
    bytes,
    isKey,
    isDamaged,
    followsGap,
    lost: new Uint32Array(count),
    frameStart: Uint32Array.from({ length: count + 1 }, (_, i) => Math.min(i, frames.length)),
    frames,
    gaps: new Map(),
    descriptions,
    parameterSets,
    hasOnlySignalledSets: parameterSets.length > 0 && parameterSets.every((set) => signalled.includes(set)),
    isCut: track.count > count,
  };
  function* units(from: PayloadReader): Generator<readonly Uint8Array[]> {
    for (let i = 0; i < count; i += 1) yield reading.units(i, from);
  }
  const notes = [...samples.notes];
  if (unreadable > 0) notes.push(`Of ${unreadable} of ${count} pictures nothing can be read.`);
  return { streamId: track.streamId, table, times: trackTimes(track, count), units, notes };
}

export function videoTrack({ tracks }: MediaSamples): SampleTrack | null {
  return tracks.find(({ kind }) => kind === 'video') ?? null;
}

/** Takes the samples of a track apart. */
class TrackReading {
  readonly configuration: NalConfiguration | null;
  private readonly hasNalUnits: boolean;

  constructor(
    private readonly track: SampleTrack,
    codec: CodecDefinition,
  ) {
    const { config } = track;
    this.hasNalUnits = codec.id === 'h264' || codec.id === 'h265';
    const read = codec.id === 'h264' ? avcConfiguration : hevcConfiguration;
    this.configuration = config && this.hasNalUnits ? read(config) : null;
  }

  /** NAL units up to their first hole, or the whole picture, its holes filled with zeros. */
  units(sample: number, reader: PayloadReader): readonly Uint8Array[] {
    const read = readSample(this.track, sample, reader);
    const { bytes } = read;
    if (!this.hasNalUnits) return bytes.length > 0 ? [bytes] : [];
    const isPrefixed = this.track.framing === 'length-prefixed';
    const ranges = isPrefixed ? lengthPrefixedRanges(bytes, this.configuration?.lengthBytes ?? 4) : nalRanges(bytes);
    return wholeUnits(read, ranges);
  }
}

/** What stands behind a hole in a unit belongs to nothing: decoders conceal what they lack, not what is false. */
function wholeUnits({ bytes, holes }: SampleBytes, ranges: readonly number[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const [start, end] = [ranges[i], ranges[i + 1]];
    let last = end;
    for (let hole = 0; hole < holes.length; hole += 2) {
      if (holes[hole] < last && holes[hole + 1] > start) last = Math.max(start, holes[hole]);
    }
    if (last > start) units.push(bytes.subarray(start, last));
  }
  return units;
}

/** Key pictures tell what the pictures are; without one the first picture may. */
function inspect(
  track: SampleTrack,
  codec: CodecDefinition,
  isKey: Uint8Array,
  bytes: Float64Array,
  reading: TrackReading,
  reader: PayloadReader,
): {
  readonly descriptions: readonly DescriptionChange[];
  readonly inspector: VideoInspector | null;
  readonly signalled: readonly Uint8Array[];
} {
  const inspector = codec.createInspector?.({ clockRateHz, channels: 1 }) ?? null;
  const descriptions: DescriptionChange[] = [];
  const push = (units: readonly Uint8Array[]): void =>
    inspector?.push({ timestamp: 0, units, isKey: true, isDamaged: false, followsGap: false, gaps: [], frames: [] });
  const note = (picture: number): void => {
    const description = inspector?.description ?? null;
    const known = descriptions[descriptions.length - 1]?.description;
    const isSame =
      description?.width === known?.width &&
      description?.height === known?.height &&
      description?.codecString === known?.codecString;
    if (description && !isSame && descriptions.length < maxDescriptions) descriptions.push({ picture, description });
  };
  push(reading.configuration?.parameterSets ?? []);
  const signalled = inspector?.parameterSets ?? [];
  note(0);
  let first = true;
  for (let i = 0; i < isKey.length; i += 1) {
    // Pictures that all stand for themselves are of one size as a rule: the first tells it.
    const isTelling = intraOnly.has(codec.id) ? descriptions.length === 0 : isKey[i] === 1;
    if (bytes[i] === 0 || (!isTelling && !first)) continue;
    first = false;
    push(reading.units(i, reader));
    note(i);
  }
  const { width, height } = track;
  if (descriptions.length === 0 && width && height) {
    const description = { width, height, profile: null, codecString: null, frameRate: null, maxReorder: null };
    descriptions.push({ picture: 0, description });
  }
  return { descriptions, inspector, signalled };
}

function unknownFormat({ codec, streamId }: SampleTrack): RpcFailure {
  return new RpcFailure({
    code: 'codec-not-playable',
    message: `${codec || 'This format'} cannot be shown as video in this version.`,
    where: streamId,
    hint: 'Save what was sent as it is instead.',
  });
}
