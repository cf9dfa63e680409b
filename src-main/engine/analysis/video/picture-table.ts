import type { SequenceGap, VideoDescription } from '../../codecs/index';
import type { RtpMediaIndex } from '../rtp/media-index';
import { accessUnits, arrivalSeconds, type PayloadSource, type StreamFormat } from './access-units';
import { GrowingColumn } from './growing-column';

/** From one picture on, this holds. */
export interface DescriptionChange {
  readonly picture: number;
  readonly description: VideoDescription;
}

/** All pictures of a stream in decoding order, without their bytes: one entry a picture. */
export interface PictureTable {
  readonly format: StreamFormat;
  readonly count: number;
  /** Without wraps, counted within a segment. */
  readonly timestamp: Float64Array;
  readonly segment: Uint32Array;
  /** Of its first packet, seconds since the first frame of the capture. */
  readonly arrivalSeconds: Float64Array;
  readonly bytes: Float64Array;
  readonly isKey: Uint8Array;
  readonly isDamaged: Uint8Array;
  readonly followsGap: Uint8Array;
  /** Sequence numbers of its gaps. */
  readonly lost: Uint32Array;
  /** Picture `i` came in `frames[frameStart[i]..frameStart[i + 1])`. */
  readonly frameStart: Uint32Array;
  readonly frames: Uint32Array;
  /** Gaps of the pictures that have some. */
  readonly gaps: ReadonlyMap<number, readonly SequenceGap[]>;
  /** What the bits say of the pictures, and where that changes; empty when nothing ever said it. */
  readonly descriptions: readonly DescriptionChange[];
  /** Parameter sets of the stream, or of its signalling. */
  readonly parameterSets: readonly Uint8Array[];
  /** None of them was in the stream itself. */
  readonly hasOnlySignalledSets: boolean;
  /** Pictures were left out because there are too many. */
  readonly isCut: boolean;
}

/** A picture every 16 ms for more than a day. */
const maxPictures = 6_000_000;
const maxDescriptions = 1000;

/** Goes through all packets of a stream once. */
export function surveyPictures(index: RtpMediaIndex, format: StreamFormat, payloads: PayloadSource): PictureTable {
  const inspector = format.codec.createInspector?.(format.parameters) ?? null;
  const signalled = inspector?.parameterSets ?? [];
  const timestamp = new GrowingColumn(Float64Array);
  const segments = new GrowingColumn(Uint32Array);
  const arrival = new GrowingColumn(Float64Array);
  const bytes = new GrowingColumn(Float64Array);
  const isKey = new GrowingColumn(Uint8Array);
  const isDamaged = new GrowingColumn(Uint8Array);
  const followsGap = new GrowingColumn(Uint8Array);
  const lost = new GrowingColumn(Uint32Array);
  const frameStart = new GrowingColumn(Uint32Array);
  const frames = new GrowingColumn(Uint32Array);
  const gaps = new Map<number, readonly SequenceGap[]>();
  const descriptions: DescriptionChange[] = [];
  let isCut = false;
  for (const { unit, segment } of accessUnits(index, format, payloads)) {
    const picture = timestamp.length;
    if (picture === maxPictures) {
      isCut = true;
      break;
    }
    inspector?.push(unit);
    const description = inspector?.description ?? null;
    const known = descriptions[descriptions.length - 1]?.description;
    if (description && !isSame(description, known) && descriptions.length < maxDescriptions) {
      descriptions.push({ picture, description });
    }
    timestamp.push(unit.timestamp);
    segments.push(segment);
    arrival.push(arrivalSeconds(index, unit.frames[0]));
    bytes.push(unit.units.reduce((sum, { length }) => sum + length, 0));
    isKey.push(unit.isKey ? 1 : 0);
    isDamaged.push(unit.isDamaged ? 1 : 0);
    followsGap.push(unit.followsGap ? 1 : 0);
    lost.push(unit.gaps.reduce((sum, { count }) => sum + count, 0));
    if (unit.gaps.length > 0) gaps.set(picture, unit.gaps);
    frameStart.push(frames.length);
    for (const frame of unit.frames) frames.push(frame);
  }
  frameStart.push(frames.length);
  return {
    format,
    count: timestamp.length,
    timestamp: timestamp.values(),
    segment: segments.values(),
    arrivalSeconds: arrival.values(),
    bytes: bytes.values(),
    isKey: isKey.values(),
    isDamaged: isDamaged.values(),
    followsGap: followsGap.values(),
    lost: lost.values(),
    frameStart: frameStart.values(),
    frames: frames.values(),
    gaps,
    descriptions,
    parameterSets: inspector?.parameterSets ?? [],
    hasOnlySignalledSets: inspector?.parameterSets.every((set) => signalled.includes(set)) ?? false,
    isCut,
  };
}

function isSame(a: VideoDescription, b: VideoDescription | undefined): boolean {
  return a.width === b?.width && a.height === b.height && a.codecString === b.codecString;
}
