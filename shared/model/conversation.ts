export type ConversationKind = 'ethernet' | 'wlan' | 'ipv4' | 'ipv6' | 'tcp' | 'udp' | 'sctp';

/** One end of conversations, counted as `tshark -z endpoints,...` counts it: bytes are frame bytes on the wire. */
export interface EndpointRow {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly address: string;
  readonly port: number | null;
  readonly packets: number;
  readonly bytes: number;
  readonly packetsSent: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly bytesReceived: number;
}

/** One conversation, counted as `tshark -z conv,...` counts it: bytes are frame bytes on the wire. */
export interface ConversationRow {
  readonly id: string;
  readonly kind: ConversationKind;
  readonly addressA: string;
  readonly portA: number | null;
  readonly addressB: string;
  readonly portB: number | null;
  readonly packets: number;
  readonly bytes: number;
  readonly packetsAToB: number;
  readonly bytesAToB: number;
  readonly packetsBToA: number;
  readonly bytesBToA: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly bitsPerSecondAToB: number | null;
  readonly bitsPerSecondBToA: number | null;
  /** What Tapdeck took the conversation for: `RTP`, `SIP`; null when unknown. */
  readonly protocol: string | null;
  /** Why. */
  readonly reason: string | null;
}
