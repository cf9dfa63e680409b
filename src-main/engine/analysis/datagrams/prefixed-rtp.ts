import { u16be, u32be } from '../../bytes/integers';

/** Headers that relays put before RTP: shorter ones leave no sign, longer ones were not met. */
export const minPrefix = 4;
export const maxPrefix = 20;
const lengths = maxPrefix - minPrefix + 1;
const rtpHeader = 12;
/** Packets in sequence behind a prefix of one length that are believed. */
const proof = 8;
/** Packets of a flow that are looked at. */
const patience = 64;
/** Timestamps of two packets in sequence are no further apart: ten seconds of the fastest clock. */
const maxTicks = 960_000;

/**
 * Looks for RTP that lies behind a header of constant length in the datagrams of one flow: version 2, one SSRC that is
 * not zero, one payload type, numbers that go up by one and timestamps that go on, over eight packets. Stricter than for
 * plain RTP, since it looks in seventeen places.
 */
export class PrefixFinder {
  private seen = 0;
  private readonly runs = new Uint8Array(lengths);
  private readonly moves = new Uint8Array(lengths);
  private readonly sequences = new Uint16Array(lengths);
  private readonly types = new Uint8Array(lengths);
  private readonly timestamps = new Uint32Array(lengths);
  private readonly ssrcs = new Uint32Array(lengths);

  get hasGivenUp(): boolean {
    return this.seen > patience;
  }

  /** Takes the next datagram; answers the length of the prefix once it is proven, before that -1. */
  push(bytes: Uint8Array, start: number, end: number): number {
    this.seen += 1;
    let found = -1;
    for (let i = 0; i < lengths; i += 1) {
      const run = this.follow(i, bytes, start + minPrefix + i, end);
      // What repeats in two places is a pattern, not a header.
      if (run >= proof && this.moves[i] >= 2) found = found < 0 ? i : lengths;
    }
    return found >= 0 && found < lengths ? minPrefix + found : -1;
  }

  private follow(i: number, bytes: Uint8Array, at: number, end: number): number {
    const ssrc = at + rtpHeader <= end && bytes[at] >>> 6 === 2 ? u32be(bytes, at + 8) : 0;
    const type = bytes[at + 1] & 0x7f;
    // 64 to 95 are RTCP's (RFC 5761, section 4).
    if (ssrc === 0 || (type >= 64 && type <= 95)) {
      this.runs[i] = 0;
      return 0;
    }
    const sequence = u16be(bytes, at + 2);
    const timestamp = u32be(bytes, at + 4);
    const ticks = (timestamp - this.timestamps[i]) | 0;
    const goesOn =
      this.runs[i] > 0 &&
      this.ssrcs[i] === ssrc &&
      this.types[i] === type &&
      ((sequence - this.sequences[i]) & 0xffff) === 1 &&
      Math.abs(ticks) <= maxTicks;
    if (!goesOn) this.moves[i] = 0;
    else if (ticks !== 0) this.moves[i] = Math.min(255, this.moves[i] + 1);
    this.runs[i] = goesOn ? Math.min(255, this.runs[i] + 1) : 1;
    this.sequences[i] = sequence;
    this.timestamps[i] = timestamp;
    this.types[i] = type;
    this.ssrcs[i] = ssrc;
    return this.runs[i];
  }
}
