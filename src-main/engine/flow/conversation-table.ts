/**
 * A conversation is a row of 128 bytes, two cache lines side by side: first its counters as doubles, then its hash
 * and its key as 32-bit words.
 */
const rowDoubles = 16;
const rowWords = 32;
const packetsAt = 0;
const bytesAt = 2;
const firstNsAt = 4;
const lastNsAt = 5;
/** Number of the first frame * 2 + its direction; 0 before there was one. */
const firstFrameAt = 6;
/** A number that belongs to whoever keeps the table. */
const noteAt = 7;
const hashAt = 16;
const keyAt = 17;

/**
 * Conversations of one kind, found by a key of up to `stride` 32-bit words (addresses and ports of both sides in
 * canonical order) and counted each way. Open addressing over typed arrays: no object, no string a packet.
 */
export class ConversationTable {
  /** Put the key of the packet here before calling `find`. */
  readonly key: Uint32Array;
  count = 0;

  private slots = new Int32Array(1 << 10).fill(-1);
  private doubles = new Float64Array(rowDoubles << 8);
  private words = new Uint32Array(this.doubles.buffer);

  constructor(readonly stride: number) {
    this.key = new Uint32Array(stride);
  }

  /** Index of the conversation with the first `length` words of `key`; a new one is made when there is none. */
  find(length: number): number {
    const { key, slots, words } = this;
    let hash = length;
    for (let i = 0; i < length; i += 1) {
      hash = Math.imul(hash ^ key[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b) >>> 0;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = slots[slot];
      if (index < 0) return this.insert(slot, hash, length);
      if (words[index * rowWords + hashAt] === hash && this.matches(index, length)) return index;
      slot = (slot + 1) & mask;
    }
  }

  /** Does conversation `index` have the first `length` words of `key`? */
  matches(index: number, length: number): boolean {
    const { key, words } = this;
    const at = index * rowWords + keyAt;
    for (let i = 0; i < length; i += 1) if (words[at + i] !== key[i]) return false;
    return true;
  }

  /** Counts a frame of `length` bytes in `direction`. */
  add(index: number, direction: number, length: number, timeNs: number, frame: number): void {
    const { doubles } = this;
    const at = index * rowDoubles;
    doubles[at + packetsAt + direction] += 1;
    doubles[at + bytesAt + direction] += length;
    if (doubles[at + firstFrameAt] === 0) {
      doubles[at + firstFrameAt] = 2 * frame + direction;
      doubles[at + firstNsAt] = timeNs;
      doubles[at + lastNsAt] = timeNs;
    } else if (timeNs > doubles[at + lastNsAt]) doubles[at + lastNsAt] = timeNs;
    else if (timeNs < doubles[at + firstNsAt]) doubles[at + firstNsAt] = timeNs;
  }

  /** Counts all that `other` counted in one of its conversations; `turn` is 1 where that runs the other way. */
  addAll(index: number, other: ConversationTable, otherIndex: number, turn: number): void {
    const { doubles } = this;
    const from = other.doubles;
    const at = index * rowDoubles;
    const otherAt = otherIndex * rowDoubles;
    const first = from[otherAt + firstFrameAt];
    if (first === 0) return;
    for (let direction = 0; direction < 2; direction += 1) {
      doubles[at + packetsAt + (direction ^ turn)] += from[otherAt + packetsAt + direction];
      doubles[at + bytesAt + (direction ^ turn)] += from[otherAt + bytesAt + direction];
    }
    const isFirst = doubles[at + firstFrameAt] === 0;
    const turned = first - (first % 2) + ((first % 2) ^ turn);
    if (isFirst || turned < doubles[at + firstFrameAt]) doubles[at + firstFrameAt] = turned;
    if (isFirst || from[otherAt + firstNsAt] < doubles[at + firstNsAt])
      doubles[at + firstNsAt] = from[otherAt + firstNsAt];
    if (isFirst || from[otherAt + lastNsAt] > doubles[at + lastNsAt]) doubles[at + lastNsAt] = from[otherAt + lastNsAt];
  }

  /** The same conversations with the same counts, to be counted on apart. */
  copy(): ConversationTable {
    const copy = new ConversationTable(this.stride);
    copy.slots = this.slots.slice();
    copy.doubles = this.doubles.slice();
    copy.words = new Uint32Array(copy.doubles.buffer);
    copy.count = this.count;
    return copy;
  }

  keyWord(index: number, word: number): number {
    return this.words[index * rowWords + keyAt + word];
  }

  note(index: number): number {
    return this.doubles[index * rowDoubles + noteAt];
  }

  setNote(index: number, note: number): void {
    this.doubles[index * rowDoubles + noteAt] = note;
  }

  packetsOf(index: number, direction: number): number {
    return this.doubles[index * rowDoubles + packetsAt + direction];
  }

  bytesOf(index: number, direction: number): number {
    return this.doubles[index * rowDoubles + bytesAt + direction];
  }

  /** Direction of the first frame. */
  firstDirectionOf(index: number): number {
    return this.doubles[index * rowDoubles + firstFrameAt] % 2;
  }

  firstNsOf(index: number): number {
    return this.doubles[index * rowDoubles + firstNsAt];
  }

  lastNsOf(index: number): number {
    return this.doubles[index * rowDoubles + lastNsAt];
  }

  private insert(slot: number, hash: number, length: number): number {
    const index = this.count;
    this.count += 1;
    if (this.count * rowDoubles > this.doubles.length) {
      const doubles = new Float64Array(this.doubles.length * 2);
      doubles.set(this.doubles);
      this.doubles = doubles;
      this.words = new Uint32Array(doubles.buffer);
    }
    const at = index * rowWords;
    this.words[at + hashAt] = hash;
    for (let i = 0; i < length; i += 1) this.words[at + keyAt + i] = this.key[i];
    this.slots[slot] = index;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return index;
  }

  private growSlots(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let index = 0; index < this.count; index += 1) {
      let slot = this.words[index * rowWords + hashAt] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }
}
