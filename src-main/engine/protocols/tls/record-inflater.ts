import type { CipherSuite } from '../../crypto/cipher-suite';

const windowLength = 32_768;
/** Longest content of a record. */
const longestContent = 16_384;
const zlibHeader = 2;

/**
 * Undoes the compression of the records of one direction (RFC 3749): one zlib stream through all of them, flushed at the
 * end of each. Behind a record that is missing nothing can be told any more.
 */
export class RecordInflater {
  private window = new Uint8Array(0);
  private hasBegun = false;
  private isBroken = false;

  constructor(private readonly suite: CipherSuite) {}

  /** A record is missing. */
  break(): void {
    this.isBroken = true;
  }

  /** The content of the next record; null when it cannot be told. */
  inflate(compressed: Uint8Array): Uint8Array | null {
    if (this.isBroken) return null;
    const body = this.hasBegun ? compressed : compressed.subarray(zlibHeader);
    this.hasBegun = true;
    const content = this.suite.inflateRaw(body, this.window, longestContent);
    if (!content) {
      this.isBroken = true;
      return null;
    }
    const kept = Math.min(windowLength, this.window.length + content.length);
    const next = new Uint8Array(kept);
    const fromContent = content.subarray(Math.max(0, content.length - kept));
    next.set(this.window.subarray(this.window.length - (kept - fromContent.length)));
    next.set(fromContent, kept - fromContent.length);
    this.window = next;
    return content;
  }
}
