/** Grows a typed array to at least `length`, keeping its contents. */
function grown<T extends Float64Array | Uint32Array | Int32Array>(array: T, length: number): T {
  const next = new (array.constructor as new (n: number) => T)(length);
  next.set(array as never);
  return next;
}

/** Counters of one conversation lie side by side in one cache line: packets and bytes each way, first and last time, first direction. */
const counterWords = 8;
const packetsWord = 0;
const bytesWord = 2;
const firstNsWord = 4;
const lastNsWord = 5;
const firstDirectionWord = 6;

/**
 * Conversations of one kind, found by a key of `stride` 32-bit words (addresses and ports of both sides in
 * canonical order) and counted each way. Open addressing over typed arrays: no object, no string a packet.
 */
export class ConversationTable {
  /** Put the key of the packet here before calling `find`. */
  readonly key: Uint32Array;
  count = 0;

  private slots = new Int32Array(1 << 10).fill(-1);
  private hashes = new Uint32Array(1 << 8);
  private keys: Uint32Array;
  private counters = new Float64Array(counterWords << 8);

  constructor(readonly stride: number) {
    this.key = new Uint32Array(stride);
    this.keys = new Uint32Array(stride << 8);
  }

  /** Index of the conversation with the first `words` words of `key`; a new one is made when there is none. */
  find(words: number): number {
    const key = this.key;
    let hash = words;
    for (let i = 0; i < words; i += 1) {
      hash = Math.imul(hash ^ key[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b) >>> 0;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot];
      if (index < 0) return this.insert(slot, hash, words);
      if (this.hashes[index] === hash && this.matches(index, words)) return index;
      slot = (slot + 1) & mask;
    }
  }

  /** Does conversation `index` have the first `words` words of `key`? */
  matches(index: number, words: number): boolean {
    const at = index * this.stride;
    for (let i = 0; i < words; i += 1) if (this.keys[at + i] !== this.key[i]) return false;
    return true;
  }

  /** Counts a frame of `length` bytes in `direction` (0 = A to B). */
  add(index: number, direction: number, length: number, timeNs: number): void {
    const { counters } = this;
    const at = index * counterWords;
    const isFirst = counters[at + packetsWord] + counters[at + packetsWord + 1] === 0;
    if (isFirst) counters[at + firstDirectionWord] = direction;
    counters[at + packetsWord + direction] += 1;
    counters[at + bytesWord + direction] += length;
    if (isFirst || timeNs < counters[at + firstNsWord]) counters[at + firstNsWord] = timeNs;
    if (isFirst || timeNs > counters[at + lastNsWord]) counters[at + lastNsWord] = timeNs;
  }

  keyWord(index: number, word: number): number {
    return this.keys[index * this.stride + word];
  }

  packetsOf(index: number, direction: number): number {
    return this.counters[index * counterWords + packetsWord + direction];
  }

  bytesOf(index: number, direction: number): number {
    return this.counters[index * counterWords + bytesWord + direction];
  }

  /** Direction of the first frame. */
  firstDirectionOf(index: number): number {
    return this.counters[index * counterWords + firstDirectionWord];
  }

  firstNsOf(index: number): number {
    return this.counters[index * counterWords + firstNsWord];
  }

  lastNsOf(index: number): number {
    return this.counters[index * counterWords + lastNsWord];
  }

  private insert(slot: number, hash: number, words: number): number {
    const index = this.count;
    this.count += 1;
    if (index >= this.hashes.length) this.growRows();
    this.hashes[index] = hash;
    const at = index * this.stride;
    for (let i = 0; i < words; i += 1) this.keys[at + i] = this.key[i];
    this.slots[slot] = index;
    if (this.count * 2 > this.slots.length) this.growSlots();
    return index;
  }

  private growRows(): void {
    const rows = this.hashes.length * 2;
    this.hashes = grown(this.hashes, rows);
    this.keys = grown(this.keys, rows * this.stride);
    this.counters = grown(this.counters, rows * counterWords);
  }

  private growSlots(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let index = 0; index < this.count; index += 1) {
      let slot = this.hashes[index] & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.slots = slots;
  }
}
