/** A copy of a column with room for twice as many values. */
export function doubled<T extends Float64Array | Uint32Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(2 * column.length);
  larger.set(column);
  return larger;
}
