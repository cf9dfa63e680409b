import type { RtpSeries } from '#shared/model/stream';
import type { PacketColumns } from './packet-columns';

/** Decimates per-packet figures into buckets of equal length between first and last packet. */
export function buildSeries(streamId: string, columns: PacketColumns, wantedBuckets: number): RtpSeries {
  const buckets = Math.max(1, Math.min(wantedBuckets, columns.count));
  const { startNs, lengthNs } = range(columns, buckets);
  const bucketSeconds = lengthNs / 1e9;
  const nothing = (): Float64Array => new Float64Array(buckets).fill(Number.NaN);
  const timeSeconds = Float64Array.from({ length: buckets }, (_, i) => startNs / 1e9 + (i + 0.5) * bucketSeconds);
  const jitterMs = nothing();
  const deltaMs = nothing();
  const skewMs = nothing();
  const bitrateKbps = new Float64Array(buckets);
  const lost = new Float64Array(buckets);
  for (let i = 0; i < columns.count; i += 1) {
    const at = bucketOf(columns.timeNs[i], startNs, lengthNs, buckets);
    keepLargest(jitterMs, at, columns.jitterMs[i]);
    keepLargest(deltaMs, at, columns.deltaMs[i]);
    keepFurthest(skewMs, at, columns.skewMs[i]);
    bitrateKbps[at] += (8 * columns.ipBytes[i]) / 1000 / bucketSeconds;
    lost[at] += columns.lostForGood[i];
  }
  return { streamId, timeSeconds, jitterMs, deltaMs, skewMs, bitrateKbps, lost, bucketSeconds };
}

/** Times of a capture need not ascend: the range holds all of them. */
function range({ timeNs, count }: PacketColumns, buckets: number): { startNs: number; lengthNs: number } {
  let startNs = Number.POSITIVE_INFINITY;
  let endNs = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    if (timeNs[i] < startNs) startNs = timeNs[i];
    if (timeNs[i] > endNs) endNs = timeNs[i];
  }
  if (count === 0) return { startNs: 0, lengthNs: 1 };
  return { startNs, lengthNs: Math.max(1, (endNs - startNs) / buckets) };
}

function bucketOf(timeNs: number, startNs: number, lengthNs: number, buckets: number): number {
  return Math.min(buckets - 1, Math.floor((timeNs - startNs) / lengthNs));
}

function keepLargest(into: Float64Array, at: number, value: number): void {
  if (Number.isNaN(into[at]) || value > into[at]) into[at] = value;
}

function keepFurthest(into: Float64Array, at: number, value: number): void {
  if (Number.isNaN(into[at]) || Math.abs(value) > Math.abs(into[at])) into[at] = value;
}
