import type { AddressedBytes } from '../../bytes/extents';
import type { PayloadSource } from './access-units';

const windowBytes = 256 << 10;

/** Reads payloads from the capture through a window: packets of a stream lie in the order of the file. */
export function payloadWindow(source: AddressedBytes): PayloadSource {
  const window = new Uint8Array(windowBytes);
  let start = 0;
  let end = 0;
  return {
    read({ payloadOffset, payloadLength, side }, packet) {
      const offset = payloadOffset[packet];
      const length = payloadLength[packet];
      if (offset < 0) return side.subarray(-1 - offset, -1 - offset + length);
      if (length > windowBytes) {
        const alone = new Uint8Array(length);
        return alone.subarray(0, source.read(offset, alone));
      }
      if (offset < start || offset + length > end) {
        start = offset;
        end = offset + source.read(offset, window);
      }
      // A file that has become shorter gives what is left of it.
      return window.subarray(offset - start, Math.min(end, offset + length) - start);
    },
  };
}
