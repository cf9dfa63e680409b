import type { Extents } from '../../bytes/extents';
import { parseStartLine, type StartLine } from './start-line';

/** One message of RTSP 1.0 (RFC 2326) or 2.0 (RFC 7826). */
export interface RtspMessage extends StartLine {
  /** Values by name in lower case, unfolded; those of repeated fields are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** At most its first 64 KiB. */
  readonly body: Uint8Array;
  /** Where all of it lies in the bytes of the capture. */
  readonly extents: Extents;
  /** Frame that completed it, and its time in nanoseconds since the first frame. */
  readonly frame: number;
  readonly timeNs: number;
  /** Bytes of it are missing. */
  readonly isTruncated: boolean;
}

const maxFields = 256;

/** Start line and header fields of the lines of a head; null when the first is no start line. */
export function parseHead(lines: readonly string[]): (StartLine & { headers: Map<string, string> }) | null {
  const start = parseStartLine(lines[0] ?? '');
  if (start === null) return null;
  return { ...start, headers: parseFields(lines.slice(1)) };
}

/** Header fields of RTSP and HTTP alike; a line that begins with white space goes on with the one before it. */
export function parseFields(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  let last = '';
  for (const line of lines) {
    if (last !== '' && (line.startsWith(' ') || line.startsWith('\t'))) {
      headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    last = line.slice(0, colon).trim().toLowerCase();
    const known = headers.get(last);
    const value = line.slice(colon + 1).trim();
    if (known === undefined && headers.size >= maxFields) last = '';
    else headers.set(last, known === undefined ? value : `${known}, ${value}`);
  }
  return headers;
}

/** Number in a header field; -1 when it has none. */
export function numberOf(value: string | undefined): number {
  const match = /^\s*(\d{1,15})\b/.exec(value ?? '');
  return match ? Number(match[1]) : -1;
}

/** Session identifier without its parameters (RFC 2326, section 12.37); '' when there is none. */
export function sessionIdOf(message: RtspMessage): string {
  return (message.headers.get('session') ?? '').split(';', 1)[0].trim();
}
