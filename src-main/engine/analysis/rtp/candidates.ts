import { staticPayloadTypes } from '../../protocols/rtp';
import { RtpSample } from './rtp-sample';
import { MAX_DROPOUT, MAX_MISORDER } from './sequence-tracker';

/** SSRCs of one flow that are watched at a time; the one not seen for longest gives way. */
const maxCandidates = 4;
/** Packets a candidate may have without being convincing. */
const maxSamples = 16;
/** Payload types in one stream: media, comfort noise, events (RFC 3551, section 6). */
const maxPayloadTypes = 3;
/** Packets in sequence that prove a stream which nothing announced (RFC 3550, appendix A.1, asks 2 of announced ones). */
const unannouncedProof = 5;
/** The same for payload types that no profile assigns (RFC 3551, section 6: 35 to 71 are unassigned or reserved). */
const unassignedProof = 8;
/** Timestamps of consecutive packets of one stream are not further apart: ten seconds of the fastest clock. */
const maxForwardTicks = 960_000;
/** Pictures in decoding order step back by some frames: one second of a video clock. */
const maxBackwardTicks = 90_000;

/** The packets of one SSRC that may become a stream. */
export class Candidate {
  count = 0;
  /** Packets that continue the numbers of others, the first included; the order of arrival does not matter. */
  inSequence = 0;
  readonly samples: RtpSample[] = [];
  private payloadTypes: number[] = [];
  private needed = unannouncedProof;

  constructor(public ssrc: number) {}

  /** Convincing by itself, without any announcement. */
  get isProven(): boolean {
    if (this.inSequence < this.needed) return false;
    const first = this.samples[0];
    // The clock of audio runs; only the packets of one picture share a timestamp.
    return (
      staticPayloadTypes.get(first.payloadType)?.media !== 'audio' ||
      this.samples[this.count - 1].timestamp !== first.timestamp
    );
  }

  /** It carries something: an empty packet alone does no more than to open the way through a firewall. */
  get hasPayload(): boolean {
    for (let i = 0; i < this.count; i += 1) if (this.samples[i].payloadBytes > 0) return true;
    return false;
  }

  reset(ssrc: number): void {
    this.ssrc = ssrc;
    this.count = 0;
    this.inSequence = 0;
    this.payloadTypes = [];
  }

  push(sample: RtpSample): void {
    if (this.count === maxSamples || (this.count > 0 && !this.follows(sample))) this.reset(this.ssrc);
    if (this.count === 0) {
      this.inSequence = 1;
      this.needed = proofOf(sample.payloadType);
    } else {
      this.inSequence += this.links(sample.sequence);
      this.needed = Math.max(this.needed, proofOf(sample.payloadType));
    }
    if (!this.payloadTypes.includes(sample.payloadType)) this.payloadTypes.push(sample.payloadType);
    if (this.samples.length === this.count) this.samples.push(new RtpSample());
    this.samples[this.count].copy(sample);
    this.count += 1;
  }

  /** How many of the numbers next to this one were seen; none when it came before. */
  private links(sequence: number): number {
    let links = 0;
    for (let i = 0; i < this.count; i += 1) {
      const step = (sequence - this.samples[i].sequence) & 0xffff;
      if (step === 0) return 0;
      if (step === 1 || step === 0xffff) links += 1;
    }
    return links;
  }

  private follows(sample: RtpSample): boolean {
    const last = this.samples[this.count - 1];
    const step = (sample.sequence - last.sequence) & 0xffff;
    if (step >= MAX_DROPOUT && step <= 0x10000 - MAX_MISORDER) return false;
    const ticks = (sample.timestamp - last.timestamp) | 0;
    if (ticks > maxForwardTicks || ticks < -maxBackwardTicks) return false;
    if (this.payloadTypes.length < maxPayloadTypes) return true;
    return this.payloadTypes.includes(sample.payloadType);
  }
}

/** The candidates of one flow: bounded, however many SSRCs it sprays. */
export class CandidateList {
  private readonly items: Candidate[] = [];

  /** Adds a packet to the candidate of its SSRC and returns that. */
  push(ssrc: number, sample: RtpSample): Candidate {
    const { items } = this;
    let at = 0;
    while (at < items.length && items[at].ssrc !== ssrc) at += 1;
    if (at === items.length) {
      if (items.length < maxCandidates) items.push(new Candidate(ssrc));
      else {
        at = items.length - 1;
        items[at].reset(ssrc);
      }
    }
    const candidate = items[at];
    for (; at > 0; at -= 1) items[at] = items[at - 1];
    items[0] = candidate;
    candidate.push(sample);
    return candidate;
  }

  remove(candidate: Candidate): void {
    const at = this.items.indexOf(candidate);
    if (at >= 0) this.items.splice(at, 1);
  }

  values(): readonly Candidate[] {
    return [...this.items];
  }
}

function proofOf(payloadType: number): number {
  return payloadType >= 96 || staticPayloadTypes.has(payloadType) ? unannouncedProof : unassignedProof;
}
