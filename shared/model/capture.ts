export type LoadState = 'loading' | 'complete' | 'cancelled' | 'failed';

/** Facts about a capture file. */
export interface CaptureSummary {
  readonly captureId: string;
  readonly path: string;
  readonly name: string;
  /** `pcap`, `pcapng`. */
  readonly format: string;
  readonly bytes: number;
  /** SHA-256 of the file in hex; null while it is being computed. */
  readonly sha256: string | null;
  readonly packets: number;
  /** RFC 3339, nanoseconds, UTC; null without packets. */
  readonly firstTime: string | null;
  readonly durationSeconds: number;
  /** Names as tcpdump knows them: `EN10MB`, `LINUX_SLL2`. */
  readonly linkTypes: readonly string[];
  /** Everything in the file could be read. */
  readonly complete: boolean;
  readonly state: LoadState;
  readonly counts: TableCounts;
}

/** Rows per table, known while loading goes on. */
export interface TableCounts {
  readonly calls: number;
  readonly streams: number;
  readonly conversations: ConversationCounts;
  readonly diagnostics: number;
}

export interface ConversationCounts {
  readonly ethernet: number;
  readonly wlan: number;
  readonly ipv4: number;
  readonly ipv6: number;
  readonly tcp: number;
  readonly udp: number;
  readonly sctp: number;
}

export interface CaptureProgress {
  readonly captureId: string;
  readonly state: LoadState;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly packets: number;
  readonly packetsPerSecond: number;
}
