import type { AccessUnit } from '../definition';

/** Frames held back at most; senders interleave over some dozens. */
const maxHeld = 1024;

/**
 * Puts interleaved frames back into the order of time. Packets come in the order of their first frames, so when one
 * has come, nothing before its own timestamp can follow any more.
 */
export class Deinterleaver {
  private held: AccessUnit[] = [];

  /** Takes the frames of a packet, answers those that nothing can come before. */
  push(units: readonly AccessUnit[], packetTimestamp: number): AccessUnit[] {
    for (const unit of units) {
      let at = this.held.length;
      while (at > 0 && this.held[at - 1].timestamp > unit.timestamp) at -= 1;
      this.held.splice(at, 0, unit);
    }
    let ready = 0;
    while (ready < this.held.length && this.held[ready].timestamp <= packetTimestamp) ready += 1;
    return this.held.splice(0, Math.max(ready, this.held.length - maxHeld));
  }

  flush(): AccessUnit[] {
    return this.held.splice(0);
  }
}
