import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';

/** EtherType (IEEE 802 numbers) under which link layers hand a payload on that they do not understand. */
export const UNKNOWN_PAYLOAD = 0;

/** EtherTypes that the engine knows. */
export const EtherType = {
  ipv4: 0x0800,
  vlan: 0x8100,
  ipv6: 0x86dd,
  pppoeSession: 0x8864,
  providerVlan: 0x88a8,
  /** Stacked VLANs before IEEE 802.1ad. */
  oldQinQ: 0x9100,
  oldQinQ2: 0x9200,
  oldQinQ3: 0x9300,
} as const;

/**
 * The payload that is to be decoded next, as one layer hands it to the following: one instance a decoder,
 * narrowed from layer to layer. Decoders only move it inwards, so nesting always ends.
 */
export class Layer {
  bytes: Uint8Array = new Uint8Array(0);
  /** Captured bytes of the payload are `bytes[start..end)`. */
  start = 0;
  end = 0;
  /** Where the payload ended on the wire: at least `end`, more when the capture cut it. */
  wireEnd = 0;
  /** What the payload is; `UNKNOWN_PAYLOAD` ends the decoding. */
  etherType = UNKNOWN_PAYLOAD;
  /** The payload is the cut first fragment of a datagram: lengths inside it speak of the whole datagram. */
  isFirstFragment = false;
  /** Frame being decoded. */
  frame = 0;
  timeNs = 0;

  constructor(private readonly sink: DiagnosticSink) {}

  /** Cuts the payload where its own length field says that it ends; what follows is padding. */
  cutAt(wireEnd: number): void {
    if (wireEnd < this.wireEnd) this.wireEnd = wireEnd;
    if (this.end > this.wireEnd) this.end = this.wireEnd;
  }

  /**
   * Whether `length` bytes of header are there. When they were not even on the wire the header is malformed,
   * and `code` is reported; when only the capture lacks them, that is no fault.
   */
  hasHeader(length: number, code: string): boolean {
    if (this.start + length <= this.end) return true;
    if (this.start + length > this.wireEnd) {
      this.report(
        'warning',
        code,
        `A header of ${length} bytes is expected, ${this.wireEnd - this.start} bytes are left.`,
      );
    }
    return false;
  }

  report(severity: Severity, code: string, message: string): void {
    this.sink.report(severity, code, this.frame, message);
  }
}
