import type { ColumnKind } from '#shared/model/table';

/** What stands where a value is unknown. */
export const nothing = '–';

const groupSeparator = '\u202f';
const unitSpace = '\u00a0';

/** Whole number with its thousands apart: `1 234 567`. */
export function formatInteger(value: number): string {
  if (!Number.isFinite(value)) return nothing;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, groupSeparator);
}

/** Bytes in decimal units, as capture tools and disk makers count: `345 B`, `12.3 kB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return nothing;
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], 0);
}

/** `64.0 kbit/s`. */
export function formatBitsPerSecond(bitsPerSecond: number): string {
  if (!Number.isFinite(bitsPerSecond)) return nothing;
  return scaled(bitsPerSecond, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'], 0);
}

/** Seconds of a table: one unit and three decimals all the way down, so that the points stand under each other. */
export function formatSecondsCell(seconds: number): string {
  if (!Number.isFinite(seconds)) return nothing;
  const [whole, fraction] = Math.abs(seconds).toFixed(3).split('.');
  const sign = seconds < 0 && Number(`${whole}.${fraction}`) !== 0 ? '-' : '';
  return `${sign}${formatInteger(Number(whole))}.${fraction}${unitSpace}s`;
}

/** A length of time in words as short as they go: `22 s`, `4 m 52 s`, `1 h 04 m`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return nothing;
  if (seconds < 10) return `${seconds.toFixed(seconds < 1 ? 3 : 1)}${unitSpace}s`;
  const whole = Math.round(seconds);
  const s = whole % 60;
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (h > 0) return `${h}${unitSpace}h ${two(m)}${unitSpace}m`;
  if (m > 0) return `${m}${unitSpace}m ${two(s)}${unitSpace}s`;
  return `${s}${unitSpace}s`;
}

/** A number with its unit; `decimals` stays the same down a column. */
function withUnit(value: number, decimals: number, unit: string): string {
  if (!Number.isFinite(value)) return nothing;
  const text = value.toFixed(decimals);
  const withoutNegativeZero = Number(text) === 0 ? (0).toFixed(decimals) : text;
  return unit === '' ? withoutNegativeZero : `${withoutNegativeZero}${unitSpace}${unit}`;
}

function scaled(value: number, units: readonly string[], decimalsOfFirst: number): string {
  let index = 0;
  let rest = value;
  // 999.95 would be written as 1000.0.
  while (Math.abs(rest) >= (index === 0 ? 1000 : 999.95) && index < units.length - 1) {
    rest /= 1000;
    index++;
  }
  return withUnit(rest, index === 0 ? decimalsOfFirst : 1, units[index]);
}

const numberFormats: Partial<Record<ColumnKind, (value: number) => string>> = {
  integer: formatInteger,
  bytes: formatBytes,
  seconds: formatSecondsCell,
  timestamp: (value) => (Number.isFinite(value) ? value.toFixed(6) : nothing),
  milliseconds: (value) => withUnit(value, 2, 'ms'),
  percent: (value) => withUnit(value, 2, '%'),
  ppm: (value) => withUnit(value, 1, 'ppm'),
  hertz: (value) => `${formatInteger(value)}${unitSpace}Hz`,
  'bits-per-second': formatBitsPerSecond,
  decimal: (value) => withUnit(value, 2, ''),
};

/** A value as its column writes it. Unknown is an en dash. */
export function formatCell(kind: ColumnKind, value: unknown): string {
  if (value === null || value === undefined || value === '') return nothing;
  const formatNumber = numberFormats[kind];
  if (formatNumber) return typeof value === 'number' ? formatNumber(value) : plainText(value);
  if (kind === 'flag') return value === true ? 'yes' : value === false ? 'no' : plainText(value);
  return plainText(value);
}

/** Numbers stand at the right, everything else at the left. */
export function alignment(kind: ColumnKind): 'left' | 'right' {
  return kind in numberFormats ? 'right' : 'left';
}

/** A value for other programs: full precision, no unit, nothing for unknown. */
export function rawText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return value === '' ? '' : plainText(value);
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? nothing : value.map(plainText).join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}
