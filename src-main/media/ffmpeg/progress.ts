/** Where ffmpeg is, from one block of `-progress` output. */
export interface FfmpegProgress {
  /** Media time written so far; null while ffmpeg says `N/A`. */
  readonly outSeconds: number | null;
  readonly isEnd: boolean;
}

/** What never ends its line is not progress: more than this is dropped. */
const maxLineLength = 4096;

/**
 * Parses what `ffmpeg -progress pipe:1` prints: lines `key=value`, each block closed by `progress=continue` or
 * `progress=end`. Text may come in any pieces. `out_time_ms` is, like `out_time_us`, in microseconds (its name has
 * been wrong from the beginning).
 */
export class ProgressParser {
  private rest = '';
  private outSeconds: number | null = null;

  /** Takes the next piece of output; returns the blocks that it completed. */
  push(text: string): FfmpegProgress[] {
    const lines = (this.rest + text).split('\n');
    this.rest = (lines.pop() ?? '').slice(0, maxLineLength);
    return lines.flatMap((line) => this.line(line.trim()));
  }

  private line(line: string): FfmpegProgress[] {
    const equals = line.indexOf('=');
    if (equals < 0) return [];
    const key = line.slice(0, equals);
    const value = line.slice(equals + 1).trim();
    if (key === 'out_time_us' || key === 'out_time_ms') {
      // The earliest block may hold a huge negative number for "nothing yet".
      this.outSeconds = /^\d{1,15}$/.test(value) ? Number(value) / 1e6 : null;
    }
    if (key !== 'progress') return [];
    return [{ outSeconds: this.outSeconds, isEnd: value === 'end' }];
  }
}
