import type { ExtentReader } from '../../bytes/extent-reader';
import { u32be } from '../../bytes/integers';

/** A box (ISO/IEC 14496-12, section 4.2). Positions count in the reader that it was found in. */
export interface Box {
  readonly type: string;
  readonly start: number;
  /** Behind its header. */
  readonly bodyStart: number;
  readonly end: number;
}

/** More boxes beside each other are not looked at. */
const maxBoxes = 100_000;

/** The boxes in `[start, end)`; stops where one does not fit. */
export function* boxesIn(reader: ExtentReader, start: number, end: number): Generator<Box> {
  let at = start;
  for (let i = 0; i < maxBoxes && at + 8 <= end; i += 1) {
    const head = reader.read(at, 16);
    if (head.length < 8) return;
    const short = u32be(head, 0);
    let size = short;
    let bodyStart = at + 8;
    if (short === 1) {
      if (head.length < 16) return;
      size = u32be(head, 8) * 2 ** 32 + u32be(head, 12);
      bodyStart = at + 16;
    } else if (short === 0) size = end - at;
    if (at + size < bodyStart) return;
    const type = String.fromCharCode(head[4], head[5], head[6], head[7]);
    yield { type, start: at, bodyStart, end: Math.min(end, at + size) };
    at += size;
  }
}

/** The first box at the end of a path: `mdia/minf/stbl`; null when there is none. */
export function findBox(reader: ExtentReader, { bodyStart, end }: Box, path: string): Box | null {
  const [name, ...rest] = path.split('/');
  for (const box of boxesIn(reader, bodyStart, end)) {
    if (box.type === name) return rest.length === 0 ? box : findBox(reader, box, rest.join('/'));
  }
  return null;
}

/** Longest body that is read at once: tables of a film of days. */
const maxBody = 64 << 20;

/** The body of a box: a copy, cut where it is longer than any sound one. */
export function bodyOf(reader: ExtentReader, { bodyStart, end }: Box): Uint8Array {
  return reader.read(bodyStart, Math.min(maxBody, end - bodyStart)).slice();
}
