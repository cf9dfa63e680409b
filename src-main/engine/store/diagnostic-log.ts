import type { DiagnosticRow, DiagnosticSink, Severity } from '#shared/model/diagnostic';

interface Entry {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly firstFrame: number | null;
  count: number;
}

/** Past this many different codes and messages only counting goes on: a hostile file cannot fill the memory. */
const maxEntries = 1000;

/** Counts diagnostics by code; the first message of each code speaks for all. */
export class DiagnosticLog implements DiagnosticSink {
  private readonly entries = new Map<string, Entry>();
  revision = 0;

  report(severity: Severity, code: string, frame: number | null, message: string): void {
    this.revision += 1;
    const entry = this.entries.get(code);
    if (entry) entry.count += 1;
    else if (this.entries.size < maxEntries) {
      this.entries.set(code, { severity, code, message, firstFrame: frame, count: 1 });
    }
  }

  get size(): number {
    return this.entries.size;
  }

  rows(): DiagnosticRow[] {
    return [...this.entries.values()].map((entry) => ({ id: entry.code, ...entry }));
  }
}
