import type { RtpPacketStatus } from '#shared/model/stream';

/** Codes of `RtpPacketStatus`, in the order of precedence. */
export const packetStatuses = [
  'ok',
  'restart',
  'duplicate',
  'reordered',
  'lost-before',
  'dtmf',
  'comfort-noise',
  'truncated',
] as const satisfies readonly RtpPacketStatus[];

/** Per-packet figures of one stream, one entry a packet, in capture order. NaN where there is nothing. */
export class PacketColumns {
  count = 0;
  frame = new Uint32Array(0);
  timeNs = new Float64Array(0);
  sequence = new Uint16Array(0);
  timestamp = new Uint32Array(0);
  payloadType = new Uint8Array(0);
  marker = new Uint8Array(0);
  status = new Uint8Array(0);
  segment = new Uint32Array(0);
  /** Sequence number without wraps, within its segment. */
  extended = new Float64Array(0);
  deltaMs = new Float64Array(0);
  jitterMs = new Float64Array(0);
  skewMs = new Float64Array(0);
  bandwidthKbps = new Float64Array(0);
  ipBytes = new Uint32Array(0);
  /** Sequence numbers missing when the packet came. */
  lostBefore = new Uint32Array(0);
  /** Those of them that never came. */
  lostForGood = new Uint32Array(0);
  wiresharkDeltaMs = new Float64Array(0);
  wiresharkJitterMs = new Float64Array(0);
  wiresharkSkewMs = new Float64Array(0);

  constructor(capacity: number) {
    this.resize(capacity);
  }

  /** Makes room for one more and returns its index. */
  add(): number {
    if (this.count === this.frame.length) this.resize(Math.max(64, 2 * this.count));
    this.count += 1;
    return this.count - 1;
  }

  private resize(capacity: number): void {
    this.frame = grown(this.frame, new Uint32Array(capacity));
    this.timeNs = grown(this.timeNs, new Float64Array(capacity));
    this.sequence = grown(this.sequence, new Uint16Array(capacity));
    this.timestamp = grown(this.timestamp, new Uint32Array(capacity));
    this.payloadType = grown(this.payloadType, new Uint8Array(capacity));
    this.marker = grown(this.marker, new Uint8Array(capacity));
    this.status = grown(this.status, new Uint8Array(capacity));
    this.segment = grown(this.segment, new Uint32Array(capacity));
    this.extended = grown(this.extended, new Float64Array(capacity));
    this.deltaMs = grown(this.deltaMs, new Float64Array(capacity));
    this.jitterMs = grown(this.jitterMs, new Float64Array(capacity));
    this.skewMs = grown(this.skewMs, new Float64Array(capacity));
    this.bandwidthKbps = grown(this.bandwidthKbps, new Float64Array(capacity));
    this.ipBytes = grown(this.ipBytes, new Uint32Array(capacity));
    this.lostBefore = grown(this.lostBefore, new Uint32Array(capacity));
    this.lostForGood = grown(this.lostForGood, new Uint32Array(capacity));
    this.wiresharkDeltaMs = grown(this.wiresharkDeltaMs, new Float64Array(capacity));
    this.wiresharkJitterMs = grown(this.wiresharkJitterMs, new Float64Array(capacity));
    this.wiresharkSkewMs = grown(this.wiresharkSkewMs, new Float64Array(capacity));
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
