const eight = new Uint8Array(8);
const view = new DataView(eight.buffer);

/** IEEE 754 double, most significant byte first; NaN when there are fewer than eight bytes. */
export function f64be(bytes: Uint8Array): number {
  if (bytes.length < 8) return Number.NaN;
  eight.set(bytes.subarray(0, 8));
  return view.getFloat64(0);
}
