import type { StreamKind } from '#shared/model/stream';
import type { Endpoint } from '../../net/endpoint';
import type { PayloadBinding } from '../../protocols/rtp/binding';

/**
 * Where the packets of one RTP stream lie, in capture order, as columns that can be transferred to another
 * thread: one entry a packet. Duplicates and late packets are in it; whoever orders them decides.
 */
export interface RtpMediaIndex {
  readonly streamId: string;
  readonly kind: StreamKind;
  readonly label: string;
  /** Bindings of the payload types that occur. */
  readonly bindings: readonly PayloadBinding[];
  /** Payloads are ciphertext (SRTP without its keys): nothing in them can be decoded. */
  readonly isEncrypted?: boolean;
  readonly count: number;
  readonly frame: Uint32Array;
  /** Arrival, nanoseconds since the first frame of the capture. */
  readonly timeNs: Float64Array;
  /** Sequence numbers without wraps (see `extendSequence`), counted within a segment. */
  readonly sequence: Float64Array;
  /** Timestamps without wraps, counted within a segment. */
  readonly timestamp: Float64Array;
  readonly payloadType: Uint8Array;
  readonly marker: Uint8Array;
  /** Restarts seen so far: sequence and timestamp of different segments are not comparable. */
  readonly segment: Uint32Array;
  /** Offset of the payload in the capture file; -(1 + offset into `side`) when it does not lie there in one piece. */
  readonly payloadOffset: Float64Array;
  /** Captured payload bytes, padding removed. */
  readonly payloadLength: Uint32Array;
  /** Payload bytes that the capture did not keep. */
  readonly payloadMissing: Uint32Array;
  readonly side: Uint8Array;
  readonly wire: RtpWire;
}

/** What is around the payloads, for whoever stores or sends whole packets again. */
export interface RtpWire {
  readonly ssrc: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Bytes of the RTP header directly before each payload, contributing sources and extension included. */
  readonly headerLength: Uint16Array;
  /** Bytes of padding directly behind it. */
  readonly paddingLength: Uint8Array;
  /** Time of the first frame of the capture, nanoseconds since 1970; null when it is not known. */
  readonly epochNs: bigint | null;
}

/** Columns that locate whole packets as `payloadOffset` and `payloadLength` locate payloads. */
export function packetColumns({
  count,
  payloadOffset,
  payloadLength,
  side,
  wire,
}: RtpMediaIndex): Pick<RtpMediaIndex, 'payloadOffset' | 'payloadLength' | 'side'> {
  const offset = new Float64Array(count);
  const length = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const header = wire.headerLength[i];
    offset[i] = payloadOffset[i] < 0 ? payloadOffset[i] + header : payloadOffset[i] - header;
    length[i] = header + payloadLength[i] + wire.paddingLength[i];
  }
  return { payloadOffset: offset, payloadLength: length, side };
}
