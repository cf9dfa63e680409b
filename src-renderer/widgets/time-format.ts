/**
 * Seconds with a fixed number of decimals, as in a packet list: `12.345678`. Rounds half away from zero as `toFixed`
 * does, and never writes a negative zero.
 */
export function formatSeconds(seconds: number, decimals = 6): string {
  if (!Number.isFinite(seconds)) return '–';
  const text = seconds.toFixed(decimals);
  return Number(text) === 0 ? (0).toFixed(decimals) : text;
}

/** Seconds after the thing before: `+0.020000`. */
export function formatDelta(seconds: number, decimals = 6): string {
  const text = formatSeconds(seconds, decimals);
  return text.startsWith('-') || text === '–' ? text : `+${text}`;
}

/** Playing position: `0:07.25`, `1:02:03.50` from one hour on. Truncates, so that it never shows a second too early. */
export function formatPosition(seconds: number, decimals = 1): string {
  if (!Number.isFinite(seconds) || seconds < 0) return `0:00${decimals > 0 ? `.${'0'.repeat(decimals)}` : ''}`;
  const factor = 10 ** decimals;
  // The small term keeps 1.1 * 10 = 11.000000000000002 and 4.35 * 100 = 434.99999999999994 on the right side.
  const units = Math.floor(seconds * factor + 1e-6);
  const whole = Math.floor(units / factor);
  const fraction = decimals > 0 ? `.${String(units % factor).padStart(decimals, '0')}` : '';
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}${fraction}` : `${m}:${s}${fraction}`;
}
