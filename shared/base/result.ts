/** Outcome of an operation that may fail in an expected way (of a thrown error only the message survives IPC). */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Failure };

/** What went wrong, where, and what the user can do about it. */
export interface Failure {
  /** Stable identifier, kebab-case, for tests and translations. */
  readonly code: string;
  /** One sentence: what went wrong. */
  readonly message: string;
  /** File, byte offset or frame concerned. */
  readonly where?: string;
  /** What to do about it. */
  readonly hint?: string;
}

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(
  code: string,
  message: string,
  extra: Omit<Failure, 'code' | 'message'> = {},
): Result<T> {
  return { ok: false, error: { code, message, ...extra } };
}

/** A failure as one line: what, where, what to do. */
export function describeFailure(failure: Failure): string {
  return [failure.message, failure.where && `(${failure.where})`, failure.hint].filter(Boolean).join(' ');
}
