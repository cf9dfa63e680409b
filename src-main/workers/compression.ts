import { isRtpdump } from '#engine/containers/rtpdump';
import { closeSync, openSync, readSync } from 'node:fs';

/** What a file is turned into a capture from; `rtpdump` (rtptools) is rewritten as one. */
export type Compression = 'gzip' | 'zstd' | 'rtpdump';

/** How a file is compressed, by its first bytes; null for one that is not, or cannot be read. */
export function compressionOf(path: string): Compression | null {
  const head = new Uint8Array(16);
  try {
    const descriptor = openSync(path, 'r');
    try {
      readSync(descriptor, head, 0, head.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
  // RFC 1952, section 2.3.1.
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  // RFC 8878, sections 3.1.1 and 3.1.2: a frame, or one to be skipped.
  if (head[1] === 0xb5 && head[0] === 0x28 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  if ((head[0] & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd';
  return isRtpdump(head) ? 'rtpdump' : null;
}
