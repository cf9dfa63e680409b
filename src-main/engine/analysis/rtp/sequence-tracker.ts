import { extendSequence } from '#shared/base/sequence';
import type { SampleRows } from './sample-rows';

/** A forward step of so many or more is a restart, not a loss (RFC 3550, appendix A.1). */
export const MAX_DROPOUT = 3000;
/** A packet may come so many sequence numbers late before it looks like a restart (RFC 3550, appendix A.1). */
export const MAX_MISORDER = 100;

/** What the sequence number of a packet says about it. */
export const SequenceVerdict = {
  /** The first packet of the stream. */
  first: 0,
  /** Follows the highest before it. */
  next: 1,
  /** Leaves a gap behind it. */
  gap: 2,
  /** Fills a gap: it comes after a packet with a higher number (RFC 4737, section 3). */
  reordered: 3,
  duplicate: 4,
  /** Jumps too far: a restart if the next packet follows it, else late or foreign. Undecided. */
  jump: 5,
  /** Confirms the jump before it: both belong to a new segment. */
  restart: 6,
} as const;
export type SequenceVerdict = (typeof SequenceVerdict)[keyof typeof SequenceVerdict];

/** What became of an undecided packet. */
export const JumpOutcome = { none: 0, restart: 1, reordered: 2, duplicate: 3, stray: 4 } as const;
export type JumpOutcome = (typeof JumpOutcome)[keyof typeof JumpOutcome];

/** Numbers behind the highest for which "seen" is remembered: half the range, past which order is undefined. */
const maxWindow = 32_768;
const firstWindow = 512;

/**
 * Counts the sequence numbers of one stream: extended without wraps, in segments between restarts, each number
 * once. The rules are those of RFC 3550, appendix A.1, with two differences that suit a recording: every packet
 * counts from the first on, and a jump that is not confirmed is looked up among the numbers seen before.
 */
export class SequenceTracker {
  /** Restarts so far. */
  segment = 0;
  duplicates = 0;
  reordered = 0;
  /** Packets whose number belongs to no segment. */
  strays = 0;
  /** Packets whose number does not follow the highest before it: gaps, late ones, duplicates, restarts, strays. */
  errors = 0;

  /** Of the last packet: its number without wraps, counted within its segment. */
  extended = 0;
  /** Of the last packet: numbers missing between the highest before it and this one. */
  gap = 0;
  /** What the last packet decided about the undecided one before it, and that one's extended number. */
  jumpOutcome: JumpOutcome = JumpOutcome.none;
  jumpExtended = 0;

  private isStarted = false;
  private base = 0;
  private highest = 0;
  private unique = 0;
  private closedExpected = 0;
  private closedUnique = 0;
  /** Number of the undecided packet; -1 without one. */
  private jump = -1;
  private window = firstWindow;
  private seen = new Uint32Array(firstWindow / 32);

  /** Sequence numbers that should have come, over all segments (RFC 3550, appendix A.3). */
  get expected(): number {
    return this.closedExpected + (this.isStarted ? this.highest - this.base + 1 : 0);
  }

  /** Sequence numbers that came. */
  get received(): number {
    return this.closedUnique + this.unique;
  }

  push(sequence: number): SequenceVerdict {
    this.gap = 0;
    this.jumpOutcome = JumpOutcome.none;
    if (!this.isStarted) {
      this.open(sequence);
      this.extended = sequence;
      return SequenceVerdict.first;
    }
    if (this.jump >= 0) {
      if (sequence === ((this.jump + 1) & 0xffff)) return this.restart();
      if (sequence === this.jump) return this.duplicate(this.jump);
      this.settle();
    }

    const step = (sequence - this.highest) & 0xffff;
    if (step === 0) return this.duplicate(this.highest);
    if (step < MAX_DROPOUT) {
      this.advance(step);
      this.extended = this.highest;
      if (step === 1) return SequenceVerdict.next;
      this.gap = step - 1;
      this.errors += 1;
      return SequenceVerdict.gap;
    }
    const late = 0x10000 - step;
    if (late < MAX_MISORDER) {
      const extended = this.highest - late;
      if (this.isSeen(extended)) return this.duplicate(extended);
      this.fill(extended);
      this.extended = extended;
      return SequenceVerdict.reordered;
    }
    this.jump = sequence;
    this.extended = sequence;
    return SequenceVerdict.jump;
  }

  /** Counts the packets from row `from` on that follow each other and the last one: all `next`; returns how many. */
  follow(rows: SampleRows, from: number, end: number): number {
    if (!this.isStarted || this.jump >= 0) return 0;
    let { highest } = this;
    let at = from;
    for (; at < end && rows.sequence(at) === ((highest + 1) & 0xffff); at += 1) {
      if (this.window < maxWindow && highest + 1 - this.base + MAX_MISORDER >= this.window) {
        this.highest = highest;
        this.grow();
      }
      highest += 1;
      this.mark(highest);
    }
    if (at === from) return 0;
    this.highest = highest;
    this.extended = highest;
    this.unique += at - from;
    this.gap = 0;
    this.jumpOutcome = JumpOutcome.none;
    return at - from;
  }

  /** Decides about a packet that nothing followed; for the end of a stream. */
  settle(): void {
    if (this.jump < 0) return;
    const extended = extendSequence(this.jump, this.highest);
    this.jump = -1;
    this.jumpExtended = extended;
    if (extended > this.highest || extended < this.base || this.highest - extended >= this.window) {
      this.jumpOutcome = JumpOutcome.stray;
      this.strays += 1;
      this.errors += 1;
    } else if (this.isSeen(extended)) {
      this.jumpOutcome = JumpOutcome.duplicate;
      this.duplicates += 1;
      this.errors += 1;
    } else {
      this.jumpOutcome = JumpOutcome.reordered;
      this.fill(extended);
    }
  }

  private open(sequence: number): void {
    this.isStarted = true;
    this.base = sequence;
    this.highest = sequence;
    this.unique = 1;
    this.seen.fill(0);
    this.mark(sequence);
  }

  private restart(): SequenceVerdict {
    this.closedExpected = this.expected;
    this.closedUnique = this.received;
    this.segment += 1;
    this.errors += 1;
    this.open(this.jump);
    this.jumpOutcome = JumpOutcome.restart;
    this.jumpExtended = this.jump;
    this.jump = -1;
    this.advance(1);
    this.extended = this.highest;
    return SequenceVerdict.restart;
  }

  private duplicate(extended: number): SequenceVerdict {
    this.extended = extended;
    this.duplicates += 1;
    this.errors += 1;
    return SequenceVerdict.duplicate;
  }

  /** A late number; the base follows it down where the recording began between two swapped packets. */
  private fill(extended: number): void {
    this.base = Math.min(this.base, extended);
    this.mark(extended);
    this.unique += 1;
    this.reordered += 1;
    this.errors += 1;
  }

  private advance(step: number): void {
    const highest = this.highest + step;
    while (this.window < maxWindow && highest - this.base + MAX_MISORDER >= this.window) this.grow();
    for (let n = this.highest + 1; n < highest; n += 1) this.seen[this.word(n)] &= ~(1 << (n & 31));
    this.highest = highest;
    this.unique += 1;
    this.mark(highest);
  }

  private grow(): void {
    const old = this.seen;
    const oldMask = this.window - 1;
    this.seen = new Uint32Array(old.length * 2);
    const from = Math.max(this.base, this.highest - oldMask);
    this.window *= 2;
    for (let n = from; n <= this.highest; n += 1) {
      if (old[(n & oldMask) >> 5] & (1 << (n & 31))) this.mark(n);
    }
  }

  private isSeen(extended: number): boolean {
    return (this.seen[this.word(extended)] & (1 << (extended & 31))) !== 0;
  }

  private mark(extended: number): void {
    this.seen[this.word(extended)] |= 1 << (extended & 31);
  }

  private word(extended: number): number {
    return (extended & (this.window - 1)) >> 5;
  }
}
