import { asciiBytes } from './ascii';
import type { AudioFile } from './audio-file';

/** Frame type 15, no speech to be found in it. */
const noData = (15 << 3) | 4;
/** Time that is filled at most: what is longer is a leap of timestamps. */
const maxFilledFrames = 50 * 60;

/**
 * AMR and AMR-WB storage (RFC 4867, section 5). Frames that were lost or not sent are stored as NO_DATA, so that the
 * file keeps its time.
 */
export function createAmrFile(magic: string): AudioFile {
  let isBegun = false;
  return {
    write({ units: [frame] }, { sampleRateHz }, silence) {
      const missing = Math.round((50 * silence) / sampleRateHz);
      const filled = isBegun && missing <= maxFilledFrames ? Math.max(0, missing) : 0;
      const header = isBegun ? new Uint8Array(0) : asciiBytes(magic);
      isBegun = true;
      const bytes = new Uint8Array(header.length + filled + frame.length);
      bytes.set(header);
      bytes.fill(noData, header.length, header.length + filled);
      bytes.set(frame, header.length + filled);
      return bytes;
    },
    end: () => new Uint8Array(0),
  };
}
