import type { ByteSource } from '../../capture/byte-source';
import type { PayloadSource } from './access-units';

const windowBytes = 256 << 10;

/** Reads payloads from the capture through a window: packets of a stream lie in the order of the file. */
export function payloadWindow(source: ByteSource): PayloadSource {
  const window = new Uint8Array(windowBytes);
  let start = 0;
  let end = 0;
  const fill = (offset: number, target: Uint8Array): number => {
    try {
      return source.read(offset, target);
    } catch {
      return 0;
    }
  };
  return {
    read({ payloadOffset, payloadLength, side }, packet) {
      const offset = payloadOffset[packet];
      const length = payloadLength[packet];
      if (offset < 0) return side.subarray(-1 - offset, -1 - offset + length);
      if (length > windowBytes) {
        const alone = new Uint8Array(length);
        return alone.subarray(0, fill(offset, alone));
      }
      if (offset < start || offset + length > end) {
        start = offset;
        end = offset + fill(offset, window);
      }
      // A file that has become shorter gives what is left of it.
      return window.subarray(offset - start, Math.min(end, offset + length) - start);
    },
  };
}
