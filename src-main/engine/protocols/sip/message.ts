/** A stretch of the capture file that holds bytes of a message. */
export interface FilePiece {
  readonly fileOffset: number;
  readonly length: number;
}

/** Where a datagram or a segment comes from. */
export interface SipOrigin {
  readonly frame: number;
  /** Nanoseconds since the first frame. */
  readonly timeNs: number;
  /** Where the first of the bytes lies in the capture file; -1 when they do not lie there in one piece. */
  readonly fileOffset: number;
  /** Bytes that followed on the wire but were not captured (snaplen). */
  readonly missing: number;
}

/**
 * What the call tracker needs of a SIP message (RFC 3261, section 7). Short-lived: `bytes` is borrowed from the
 * caller of the parser. Texts are '' and numbers -1 when the message does not say or was cut before it did.
 */
export interface SipMessage {
  /** Frame that completed the message, as Wireshark counts reassembled ones. */
  readonly frame: number;
  readonly timeNs: number;
  /** The message is `bytes[start..end)`, without line ends sent before it to keep the connection alive. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The pieces of the capture file that `bytes[start..end)` came from; null when it is not there as it is. */
  readonly pieces: readonly FilePiece[] | null;
  /** Bytes of the message were not captured. */
  readonly isTruncated: boolean;

  readonly isRequest: boolean;
  /** Method of a request, for a response that of its CSeq. */
  readonly method: string;
  /** 0 for a request. */
  readonly statusCode: number;
  readonly reasonPhrase: string;

  readonly callId: string;
  /** Header values, unfolded. */
  readonly from: string;
  readonly fromTag: string;
  readonly to: string;
  readonly toTag: string;
  readonly cseqNumber: number;
  /** Branch of the topmost Via: names the transaction (RFC 3261, section 17.2.3). */
  readonly branch: string;
  /** Number of a reliable provisional response (RFC 3262). */
  readonly rseq: number;
  /** First element of Contact. */
  readonly contact: string;
  readonly referTo: string;
  /** RFC 3326: why a request or a final response was sent. */
  readonly reason: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}
