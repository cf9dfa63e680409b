import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import { WlanFragments } from './wlan-fragments';
import type { WlanSecurity } from './wlan-security';

/** EtherType (IEEE 802 numbers) under which link layers hand a payload on that they do not understand. */
export const UNKNOWN_PAYLOAD = 0;

/** EtherTypes that the engine knows. */
export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** Ethernet frames inside GRE and Geneve (RFC 7637, RFC 8926). */
  transparentBridging: 0x6558,
  vlan: 0x8100,
  ipv6: 0x86dd,
  /** PPP inside GRE (RFC 2637). */
  ppp: 0x880b,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  /** IEEE 802.1X: the handshakes of 802.11 networks. */
  eapol: 0x888e,
  providerVlan: 0x88a8,
  /** Stacked VLANs before IEEE 802.1ad. */
  oldQinQ: 0x9100,
  oldQinQ2: 0x9200,
  oldQinQ3: 0x9300,
} as const;

/**
 * What `Layer.etherType` says of a payload that is no EtherType's but a whole frame of a link type: an Ethernet
 * frame in a tunnel, an 802.11 frame behind its radio header.
 */
export const LINK_TYPE_BASE = 0x1_0000;

/** An 802.11 frame as CAPWAP carries it: some access points swap the bytes of its frame control. */
export const CAPWAP_80211 = 0x2_0000;

/** Layers that are unwrapped before the decoding gives up: tunnels in tunnels, tags on tags. */
const MAX_DEPTH = 32;

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
  /** Layers unwrapped so far in this frame. */
  depth = 0;
  /**
   * Further packets of the same frame (the rest of an A-MSDU) are `furtherBytes[furtherStart..furtherEnd)`,
   * on the wire up to `furtherWireEnd`; `furtherStart` is -1 when there are none.
   */
  furtherBytes: Uint8Array = this.bytes;
  furtherStart = -1;
  furtherEnd = 0;
  furtherWireEnd = 0;
  /** Frame being decoded. */
  frame = 0;
  timeNs = 0;
  /** 802.11 fragments that wait for others. */
  readonly wlanFragments = new WlanFragments();

  constructor(
    private readonly sink: DiagnosticSink,
    /** Opens protected 802.11 frames; null when nobody does. */
    readonly security: WlanSecurity | null = null,
  ) {}

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

  /** Counts one more layer; false, and a diagnostic, when nobody nests that deep in earnest. */
  descend(): boolean {
    this.depth += 1;
    if (this.depth <= MAX_DEPTH) return true;
    this.report(
      'warning',
      'encapsulation-too-deep',
      `More than ${MAX_DEPTH} encapsulations are nested; what is inside is not decoded.`,
    );
    this.etherType = UNKNOWN_PAYLOAD;
    return false;
  }

  report(severity: Severity, code: string, message: string): void {
    this.sink.report(severity, code, this.frame, message);
  }
}
