/** Bytes `start..end` (both included) of a resource. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a Range header asks of a resource of `size` bytes (RFC 9110, section 14.2): one range to be answered with
 * 206; `all`: answer the whole with 200, as no range was asked for, or a header that is to be ignored (another
 * unit, malformed, several ranges); `unsatisfiable`: answer 416.
 */
export function parseRange(header: string | null | undefined, size: number): ByteRange | 'all' | 'unsatisfiable' {
  const match = header ? /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header) : null;
  if (!match || (match[1] === '' && match[2] === '')) return 'all';
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length > 0 ? { start: size - length, end: size - 1 } : 'unsatisfiable';
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? Number.POSITIVE_INFINITY : Number(match[2]);
  if (end < start) return 'all';
  return start < size ? { start, end: Math.min(end, size - 1) } : 'unsatisfiable';
}

/** Content-Range of a 206 answer, or of a 416 one (section 14.4). */
export function contentRange(range: ByteRange | null, size: number): string {
  return range ? `bytes ${range.start}-${range.end}/${size}` : `bytes */${size}`;
}
