import { asciiBytes } from './ascii';
import type { AudioFile } from './audio-file';

const frameBytes20 = 38;

/** iLBC storage (RFC 3952, section 4.2): the header tells the mode, so frames of the other one are left out. */
export function createIlbcFile(): AudioFile {
  let size = 0;
  return {
    write({ units: [frame] }) {
      if (size > 0) return frame.length === size ? frame : null;
      size = frame.length;
      const header = asciiBytes(size === frameBytes20 ? '#!iLBC20\n' : '#!iLBC30\n');
      const bytes = new Uint8Array(header.length + frame.length);
      bytes.set(header);
      bytes.set(frame, header.length);
      return bytes;
    },
    end: () => new Uint8Array(0),
  };
}
