import { type ExtentColumns, missingBytes } from '../../bytes/extents';
import type { CaptureBytes } from '../../store/capture-bytes';

/** Bytes given to a demultiplexer at once. */
const chunkBytes = 64 << 10;

/** Takes pieces of a byte stream in order, and learns of holes. */
interface ByteSink {
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  gap(length: number): void;
}

/** Reads what lies in `extents` again and gives it away piece by piece, as if it came at once. */
export function pourExtents(
  extents: ExtentColumns,
  bytes: CaptureBytes,
  frame: number,
  timeNs: number,
  sink: ByteSink,
): void {
  for (let i = 0; i < extents.count; i += 1) {
    const address = extents.address[i];
    const length = extents.length[i];
    if (address === missingBytes) {
      sink.gap(length);
      continue;
    }
    for (let at = 0; at < length; at += chunkBytes) {
      const part = bytes.slice(address + at, Math.min(chunkBytes, length - at));
      sink.push(part, 0, part.length, frame, timeNs, address + at);
    }
  }
}
