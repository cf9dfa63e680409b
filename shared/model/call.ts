export type CallState =
  | 'setup'
  | 'ringing'
  | 'in-call'
  | 'completed'
  | 'cancelled'
  | 'rejected'
  | 'no-answer'
  | 'failed';

/** One call: every dialog that belongs to it. Times are seconds since the first frame. */
export interface CallRow {
  readonly id: string;
  readonly protocol: 'sip';
  readonly callIds: readonly string[];
  /** Caller as shown: display name or address of record without parameters. */
  readonly from: string;
  readonly to: string;
  readonly state: CallState;
  /** Last final response to the INVITE, e.g. 486; null when none came. */
  readonly finalStatus: number | null;
  readonly startSeconds: number;
  /** INVITE to its 2xx. */
  readonly setupSeconds: number | null;
  /** 2xx to BYE or to the last sign of life; null when never answered. */
  readonly durationSeconds: number | null;
  readonly messages: number;
  readonly streamIds: readonly string[];
  readonly dtmf: { readonly 'a-to-b': string; readonly 'b-to-a': string };
  /** Highest loss of its streams, in percent of expected; null without streams. */
  readonly lostPercent: number | null;
}

/** Where a message of a ladder can be opened. */
export interface LadderMessage {
  readonly kind: 'message';
  readonly id: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly fromHost: number;
  readonly toHost: number;
  readonly fromPort: number;
  readonly toPort: number;
  /** `INVITE`, `200 OK`. */
  readonly label: string;
  /** What stands under the arrow: `SDP audio PCMU/8000`. */
  readonly detail: string;
  /** Index of its dialog within the ladder: its colour. */
  readonly dialog: number;
  readonly isRetransmission: boolean;
}

/** RTP as a thick bar between two hosts. */
export interface LadderMedia {
  readonly kind: 'media';
  readonly id: string;
  readonly streamId: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly endSeconds: number;
  readonly fromHost: number;
  readonly toHost: number;
  readonly fromPort: number;
  readonly toPort: number;
  /** `RTP PCMU`. */
  readonly label: string;
  /** `600 packets, 0.2 % lost`. */
  readonly detail: string;
}

export type LadderItem = LadderMessage | LadderMedia;

/** A call flow: one column a host, items in time order. */
export interface Ladder {
  readonly callId: string;
  readonly hosts: readonly { readonly address: string; readonly label: string }[];
  readonly dialogs: readonly { readonly callId: string }[];
  readonly items: readonly LadderItem[];
}

/** A whole SIP message for the inspector. */
export interface SipMessageDetail {
  readonly id: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly source: string;
  readonly destination: string;
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'sctp';
  readonly startLine: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Body as text; empty when none. */
  readonly body: string;
  readonly bodyType: string | null;
  /** SDP lines with an explanation each, when the body is SDP. */
  readonly sdp: readonly { readonly line: string; readonly meaning: string }[] | null;
  readonly raw: Uint8Array;
  readonly isTruncated: boolean;
}
