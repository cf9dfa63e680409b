import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { decodedCaptureSchema } from '#shared/ipc/contract';
import type { DecodeAsRule } from '#shared/model/decode-as';

export type Theme = 'dark' | 'light' | 'system';

export interface WindowBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Settings {
  readonly theme: Theme;
  /** Where the window stood; null before it was ever moved. */
  readonly bounds: WindowBounds | null;
  readonly isMaximized: boolean;
  /** Absolute paths, newest first. */
  readonly recentFiles: readonly string[];
  /** What was said of ports of captures, by the SHA-256 of the capture; the newest last. */
  readonly decodeAs: readonly DecodedCapture[];
}

export interface DecodedCapture {
  readonly sha256: string;
  readonly rules: readonly DecodeAsRule[];
}

const defaults: Settings = { theme: 'system', bounds: null, isMaximized: false, recentFiles: [], decodeAs: [] };

/** What the window remembers between two runs: a JSON file that may be missing, broken or of another version. */
export class SettingsStore {
  private current: Settings;

  /** `report` hears of a file that cannot be read or written; neither stops the program. */
  constructor(
    private readonly path: string,
    private readonly report: (message: string) => void,
  ) {
    this.current = this.read();
  }

  get(): Settings {
    return this.current;
  }

  /** Writes beside the file and renames, so that a crash leaves the old or the new settings, never half of them. */
  update(patch: Partial<Settings>): void {
    this.current = { ...this.current, ...patch };
    try {
      const draft = `${this.path}.${process.pid}.tmp`;
      writeFileSync(draft, `${JSON.stringify(this.current, null, 2)}\n`, { mode: 0o600 });
      renameSync(draft, this.path);
    } catch (error) {
      this.report(`settings could not be written: ${String(error)}`);
    }
  }

  private read(): Settings {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch {
      return defaults;
    }
    try {
      return parseSettings(JSON.parse(text));
    } catch (error) {
      this.report(`settings could not be read and are set anew: ${String(error)}`);
      return defaults;
    }
  }
}

/** Takes every field that makes sense and the default for the others. */
export function parseSettings(value: unknown): Settings {
  const fields = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { theme, bounds, isMaximized, recentFiles, decodeAs } = fields;
  return {
    theme: theme === 'dark' || theme === 'light' ? theme : defaults.theme,
    bounds: parseBounds(bounds),
    isMaximized: isMaximized === true,
    recentFiles: Array.isArray(recentFiles) ? recentFiles.filter((path) => typeof path === 'string') : [],
    decodeAs: Array.isArray(decodeAs) ? decodeAs.flatMap(parseDecodedCapture) : [],
  };
}

function parseDecodedCapture(value: unknown): DecodedCapture[] {
  const parsed = decodedCaptureSchema.safeParse(value);
  return parsed.success ? [parsed.data] : [];
}

function parseBounds(value: unknown): WindowBounds | null {
  if (typeof value !== 'object' || value === null) return null;
  const { x, y, width, height } = value as Record<string, unknown>;
  const isWhole = (n: unknown): n is number => Number.isInteger(n);
  if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height) || width < 1 || height < 1) return null;
  return { x, y, width, height };
}
