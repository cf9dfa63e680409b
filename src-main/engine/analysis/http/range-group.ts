import { type ExtentColumns, Extents, missingBytes } from '../../bytes/extents';

/** What Content-Range says of a part (RFC 9110, section 14.4). */
export interface ContentRange {
  readonly first: number;
  /** Position behind its last byte. */
  readonly end: number;
  /** Length of the whole; null when it is not said. */
  readonly total: number | null;
}

export function parseContentRange(value: string | null): ContentRange | null {
  const match = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)\s*$/i.exec(value ?? '');
  if (!match) return null;
  const first = Number(match[1]);
  const end = Number(match[2]) + 1;
  const total = match[3] === '*' ? null : Number(match[3]);
  return first < end && (total === null || end <= total) ? { first, end, total } : null;
}

export interface RangePart {
  readonly first: number;
  readonly extents: ExtentColumns;
}

/** No hole is longer: a server that claims more is not believed. */
const maxHole = 2 ** 40;
const maxPiece = 2 ** 31;

/**
 * Puts parts of one thing where they belong. Where parts overlap, any that was captured will do; what none has is a
 * hole, up to `total`.
 */
export function joinRanges(parts: readonly RangePart[], total: number | null): Extents {
  const pieces: { at: number; address: number; length: number }[] = [];
  for (const { first, extents } of parts) {
    let at = first;
    for (let i = 0; i < extents.count; i += 1) {
      const length = extents.length[i];
      if (extents.address[i] !== missingBytes) pieces.push({ at, address: extents.address[i], length });
      at += length;
    }
  }
  pieces.sort((a, b) => a.at - b.at);
  const joined = new Extents(pieces.length);
  let position = 0;
  for (const { at, address, length } of pieces) {
    const known = Math.max(0, position - at);
    if (known >= length) continue;
    pushHole(joined, at - position);
    joined.push(address + known, length - known);
    position = at + length;
  }
  if (total !== null) pushHole(joined, total - position);
  return joined;
}

function pushHole(into: Extents, length: number): void {
  for (let left = Math.min(length, maxHole); left > 0; left -= maxPiece) into.pushGap(Math.min(left, maxPiece));
}
