export type ConversationKind = 'ethernet' | 'wlan' | 'ipv4' | 'ipv6' | 'tcp' | 'udp' | 'sctp';

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
