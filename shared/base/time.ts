/** RFC 3339 in UTC with nanoseconds: `2019-11-04T11:26:22.123456789Z`. */
export function formatEpochNs(epochNs: bigint): string {
  const seconds = epochNs >= 0n ? epochNs / 1_000_000_000n : -((-epochNs + 999_999_999n) / 1_000_000_000n);
  const nanoseconds = epochNs - seconds * 1_000_000_000n;
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${epochNs} ns after 1970-01-01T00:00:00Z`;
  return `${date.toISOString().slice(0, -5)}.${nanoseconds.toString().padStart(9, '0')}Z`;
}
