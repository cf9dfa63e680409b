import { firstFlightBytes, handshakeBytes, type HandshakeFacts, isEncryptedVersion, readHandshake } from './handshake';

/** Part of the random bytes that both sides' handshakes are compared by. */
const sampleStart = 8;
const sampleBytes = 64;

export interface HandshakeListener {
  /** C0 and C1, or S0 and S1, are complete. */
  onFirst(facts: HandshakeFacts): void;
  /** C2 or S2 is complete. */
  onSecond(): void;
}

/** Takes the 3073 bytes that a direction begins with. */
export class HandshakeReader {
  /** Random bytes of C1 or S1, and of C2 or S2: equal to the other side's in the plain handshake. */
  readonly sample = new Uint8Array(sampleBytes);
  readonly echo = new Uint8Array(sampleBytes);
  /** Neither of them lacks bytes. */
  isWhole = true;
  isOver = false;
  private readonly head = new Uint8Array(9);
  private facts: HandshakeFacts | null = null;
  private done = 0;

  constructor(private readonly listener: HandshakeListener) {}

  /** What follows is RTMPE. */
  get isEncrypted(): boolean {
    return this.facts !== null && isEncryptedVersion(this.facts.version);
  }

  /** Takes bytes of one part, and answers how many. */
  take(bytes: Uint8Array, at: number, end: number): number {
    const count = Math.min(end - at, this.left);
    const { done } = this;
    if (this.facts === null) {
      copyPart(bytes, at, count, done, this.head, 0);
      copyPart(bytes, at, count, done, this.sample, 1 + sampleStart);
    } else copyPart(bytes, at, count, done, this.echo, sampleStart);
    this.advance(count);
    return count;
  }

  /** `length` bytes are lost; answers how many of them belong to the handshake. */
  lose(length: number): number {
    this.isWhole = false;
    let left = length;
    while (left > 0 && !this.isOver) {
      const count = Math.min(left, this.left);
      this.advance(count);
      left -= count;
    }
    return length - left;
  }

  private get left(): number {
    return (this.facts === null ? firstFlightBytes : handshakeBytes) - this.done;
  }

  private advance(count: number): void {
    this.done += count;
    if (this.left > 0) return;
    this.done = 0;
    if (this.facts === null) {
      this.facts = readHandshake(this.head, 0);
      this.listener.onFirst(this.facts);
    } else {
      this.isOver = true;
      this.listener.onSecond();
    }
  }
}

/** Copies what `bytes[at..at + count)`, which stands at `offset`, has of the range that begins at `first`. */
function copyPart(
  bytes: Uint8Array,
  at: number,
  count: number,
  offset: number,
  target: Uint8Array,
  first: number,
): void {
  const from = Math.max(offset, first);
  const to = Math.min(offset + count, first + target.length);
  if (from < to) target.set(bytes.subarray(at + from - offset, at + to - offset), from - first);
}
