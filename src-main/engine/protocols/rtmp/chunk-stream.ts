import { Extents } from '../../bytes/extents';
import { isMediaType, mediaHeadBytes, messageHeadBytes, RtmpType } from './message';

/** One chunk stream of one direction: what its last header said, and the message that is coming in on it. */
export class ChunkStream {
  /** Of the last message, modulo 2^32. */
  timestampMs = 0;
  /** Timestamp field of the last header of format 0, 1 or 2: what format 3 adds (section 5.3.1.2.4). */
  field = 0;
  hasExtended = false;
  isTimeKnown = false;
  length = 0;
  type = 0;
  messageStreamId = 0;
  /** A message is coming in. */
  isOpen = false;
  readonly extents = new Extents();
  head = new Uint8Array(mediaHeadBytes);
  headLength = 0;
  firstFrame = 0;
  /** Bytes of the direction that were lost before the message began. */
  lostBefore = 0;

  constructor(readonly id: number) {}

  get remaining(): number {
    return this.isOpen ? this.length - this.extents.total : 0;
  }

  begin(frame: number, lostBefore: number): void {
    this.extents.clear();
    this.headLength = 0;
    this.firstFrame = frame;
    this.lostBefore = lostBefore;
    this.isOpen = true;
  }

  /** Keeps the first bytes of the payload, as many as its type is worth. */
  keepHead(bytes: Uint8Array, start: number, end: number): void {
    const at = this.extents.total;
    // Behind a hole nothing is a beginning any more.
    if (at !== this.headLength) return;
    const limit = Math.min(this.length, headLimit(this.type));
    const count = Math.min(end - start, limit - at);
    if (count <= 0) return;
    if (at + count > this.head.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(at + count, 2 * this.head.length)));
      larger.set(this.head.subarray(0, at));
      this.head = larger;
    }
    this.head.set(bytes.subarray(start, start + count), at);
    this.headLength = at + count;
  }

  /** Lets a large head go: few chunk streams ever need one, and not often. */
  end(): void {
    this.isOpen = false;
    this.extents.clear();
    if (this.head.length > 4096) this.head = new Uint8Array(mediaHeadBytes);
  }
}

function headLimit(type: number): number {
  return isMediaType(type) || type === RtmpType.aggregate ? mediaHeadBytes : messageHeadBytes;
}
