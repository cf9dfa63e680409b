import type { RtcpVisitor } from '../../protocols/rtcp';

/** One wallclock reading of a sender (RFC 3550, section 6.4.1). */
export interface SenderReport {
  readonly frame: number;
  /** Arrival, nanoseconds since the first frame. */
  readonly timeNs: number;
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
}

/** What a receiver said about a stream in its last report (RFC 3550, section 6.4.1). */
export interface ReceptionReport {
  readonly frame: number;
  readonly reporter: number;
  /** 0..1, since the report before. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  /** In timestamp units. */
  readonly jitter: number;
}

/** What RTCP told about one SSRC. */
export interface RtcpSource {
  cname: string | null;
  reports: number;
  senderReports: SenderReport[];
  lastReception: ReceptionReport | null;
  hasLeft: boolean;
}

const maxSources = 64;
const maxSenderReports = 512;

/** What the RTCP packets of one flow told, per SSRC; bounded. */
export class RtcpLog implements RtcpVisitor {
  packets = 0;
  firstFrame = 0;
  readonly sources = new Map<number, RtcpSource>();
  private frame = 0;
  private timeNs = 0;

  /** To be called before a datagram is visited. */
  begin(frame: number, timeNs: number): void {
    if (this.packets === 0) this.firstFrame = frame;
    this.packets += 1;
    this.frame = frame;
    this.timeNs = timeNs;
  }

  senderReport(ssrc: number, ntpSeconds: number, ntpFraction: number, rtpTimestamp: number): void {
    const source = this.source(ssrc);
    if (!source) return;
    source.reports += 1;
    // Both ends of a long stream matter most for its clock: past the bound the last report is replaced.
    if (source.senderReports.length === maxSenderReports) source.senderReports.pop();
    source.senderReports.push({ frame: this.frame, timeNs: this.timeNs, ntpSeconds, ntpFraction, rtpTimestamp });
  }

  reportBlock(reporter: number, ssrc: number, fractionLost: number, cumulativeLost: number, jitter: number): void {
    const source = this.source(ssrc);
    if (!source) return;
    source.lastReception = {
      frame: this.frame,
      reporter,
      fractionLost: fractionLost / 256,
      cumulativeLost,
      jitter,
    };
  }

  cname(ssrc: number, bytes: Uint8Array, start: number, end: number): void {
    const source = this.source(ssrc);
    if (!source || source.cname !== null) return;
    let name = '';
    for (let i = start; i < end; i += 1) name += String.fromCharCode(bytes[i]);
    source.cname = name;
  }

  bye(ssrc: number): void {
    const source = this.source(ssrc);
    if (source) source.hasLeft = true;
  }

  private source(ssrc: number): RtcpSource | null {
    let source = this.sources.get(ssrc);
    if (!source && this.sources.size < maxSources) {
      source = { cname: null, reports: 0, senderReports: [], lastReception: null, hasLeft: false };
      this.sources.set(ssrc, source);
    }
    return source ?? null;
  }
}
