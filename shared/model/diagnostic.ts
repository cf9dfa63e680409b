export type Severity = 'note' | 'warning' | 'error';

/** Something worth telling about a frame: what Wireshark calls expert info. */
export interface Diagnostic {
  readonly severity: Severity;
  /** Stable identifier, kebab-case, prefixed by the room: `pcapng-block-truncated`, `sip-content-length`. */
  readonly code: string;
  /** One sentence, complete without its code. */
  readonly message: string;
  /** Frame concerned; null when it concerns the file. */
  readonly frame: number | null;
}

/** Receives diagnostics; the store counts and bounds them, so that a flood costs no memory. */
export interface DiagnosticSink {
  report(severity: Severity, code: string, frame: number | null, message: string): void;
}

/** One line of the diagnostics table: all occurrences of one code. */
export interface DiagnosticRow {
  readonly id: string;
  readonly severity: Severity;
  readonly code: string;
  readonly count: number;
  readonly firstFrame: number | null;
  readonly message: string;
}
