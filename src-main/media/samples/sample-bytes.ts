import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { missingBytes } from '#engine/bytes/extents';
import type { PayloadReader } from '../payload-reader';

/** No picture is as large: what claims to be is left out. */
export const maxSampleBytes = 64 << 20;

/** A sample as it was put together. */
export interface SampleBytes {
  /** Its own copy; zeros where it has holes. */
  readonly bytes: Uint8Array;
  /** `[start, end)` of each hole, one after the other. */
  readonly holes: readonly number[];
}

/** What is known of a sample without reading it. */
export interface SampleSize {
  /** Holes included. */
  readonly total: number;
  /** Bytes that lie nowhere: lost, or outside of what was captured. */
  readonly missing: number;
}

/** Pieces of a sample, as far as there are such; its columns may be anything. */
function* pieces(track: SampleTrack, sample: number): Generator<{ readonly address: number; readonly length: number }> {
  const { extentStart, extents } = track;
  const end = Math.min(extentStart[sample + 1] ?? 0, extents.count, extents.address.length, extents.length.length);
  for (let i = extentStart[sample] ?? end; i < end; i += 1) {
    yield { address: extents.address[i], length: extents.length[i] };
  }
}

export function sampleSize(track: SampleTrack, sample: number, reader: PayloadReader): SampleSize {
  let total = 0;
  let missing = 0;
  for (const { address, length } of pieces(track, sample)) {
    total += length;
    if (address === missingBytes || !reader.holds(address, length)) missing += length;
  }
  return { total, missing };
}

/** Reads a sample; one that is too large is empty. */
export function readSample(track: SampleTrack, sample: number, reader: PayloadReader): SampleBytes {
  const { total } = sampleSize(track, sample, reader);
  if (total > maxSampleBytes) return { bytes: new Uint8Array(0), holes: [] };
  const bytes = new Uint8Array(total);
  const holes: number[] = [];
  let at = 0;
  for (const { address, length } of pieces(track, sample)) {
    const end = at + length;
    const found = address === missingBytes ? 0 : reader.copy(address, bytes.subarray(at, end));
    if (found < length) holes.push(at + found, end);
    at = end;
  }
  return { bytes, holes };
}
