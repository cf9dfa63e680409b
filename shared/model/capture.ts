export type LoadState = 'loading' | 'complete' | 'cancelled' | 'failed';

/** Facts about a capture file. */
export interface CaptureSummary {
  readonly captureId: string;
  /** Of several files: their paths, with commas between them. */
  readonly path: string;
  readonly name: string;
  /** `pcap`, `pcapng`, `snoop`, `netmon`, `erf`. */
  readonly format: string;
  /** Bytes on the disk, compressed ones of a compressed file. */
  readonly bytes: number;
  /** SHA-256 of the file in hex, of several as if they were one after the other; null while it is being computed. */
  readonly sha256: string | null;
  readonly packets: number;
  /** Packets captured more than once: on a mirror port, on two interfaces, or sent again by a wireless station. */
  readonly duplicateFrames: number;
  /** RFC 3339, nanoseconds, UTC; null without packets. */
  readonly firstTime: string | null;
  readonly durationSeconds: number;
  /** Names as tcpdump knows them: `EN10MB`, `LINUX_SLL2`. */
  readonly linkTypes: readonly string[];
  /** Everything in the file could be read. */
  readonly complete: boolean;
  readonly state: LoadState;
  readonly counts: TableCounts;
  readonly facts: CaptureFacts;
  /** The files, in the order they were named: several are merged by time. */
  readonly files: readonly CaptureFile[];
  /** `gzip`, `zstd`; null for a file that is read as it is. */
  readonly compression: string | null;
  /** The file is being written; what is appended is read. */
  readonly following: boolean;
}

export interface CaptureFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hex; null while it is being computed. */
  readonly sha256: string | null;
}

/** What a capture file says about itself. */
export interface CaptureFacts {
  /** Which kind of its format: `little-endian, nanoseconds`. */
  readonly variant: string;
  readonly sections: readonly SectionFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  /** Frames that carry a comment. */
  readonly commentedFrames: number;
  /** Addresses that the file gives names for. */
  readonly names: number;
  /** Keys that the file carries along: `tls-key-log`, `wireguard-key-log` ... and how many bytes of them. */
  readonly secrets: readonly { readonly type: string; readonly bytes: number }[];
  /** Packets lost while capturing, by the capturing program's own count; null when it did not count. */
  readonly dropped: number | null;
}

/** A run of the capturing program. */
export interface SectionFacts {
  readonly application: string | null;
  readonly os: string | null;
  readonly hardware: string | null;
  readonly comments: readonly string[];
}

/** An interface that was captured from. */
export interface InterfaceFacts {
  readonly name: string | null;
  readonly description: string | null;
  /** As tcpdump knows it: `EN10MB`. */
  readonly linkType: string;
  /** Longest packet that was captured whole; null without limit. */
  readonly snapLength: number | null;
  /** Of its time stamps: `1e-6`, `2^-20`. */
  readonly timeResolution: string;
  readonly addresses: readonly string[];
  readonly speedBitsPerSecond: number | null;
  readonly filter: string | null;
  readonly os: string | null;
  readonly hardware: string | null;
  readonly comments: readonly string[];
  /** Packets in the file. */
  readonly packets: number;
  /** Packets that the interface received, and those that were lost, by its own count; null when it did not count. */
  readonly received: number | null;
  readonly dropped: number | null;
}

/** Rows per table, known while loading goes on. */
export interface TableCounts {
  readonly calls: number;
  readonly streams: number;
  readonly sessions: number;
  readonly objects: number;
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
