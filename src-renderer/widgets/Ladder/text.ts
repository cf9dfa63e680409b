/** What a text is written as; sizes in pixels. One table for screen, measurement and export. */
export const textStyles = {
  host: { size: 12, weight: 600, isMono: false },
  address: { size: 11, weight: 400, isMono: true },
  time: { size: 11, weight: 400, isMono: true },
  delta: { size: 10, weight: 400, isMono: true },
  label: { size: 12, weight: 600, isMono: false },
  detail: { size: 11, weight: 400, isMono: false },
  port: { size: 10, weight: 400, isMono: true },
  badge: { size: 10, weight: 600, isMono: false },
} as const;

export type TextStyle = keyof typeof textStyles;
/** Width of a text in pixels. */
export type MeasureText = (text: string, style: TextStyle) => number;

export const sansFamily = 'Inter, "Segoe UI", "Noto Sans", "DejaVu Sans", system-ui, sans-serif';
export const monoFamily = '"JetBrains Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace';

/** Widths on the safe side, for places that have no canvas. */
export const estimateTextWidth: MeasureText = (text, style) => {
  const { size, weight, isMono } = textStyles[style];
  return [...text].length * size * (isMono ? 0.62 : weight >= 600 ? 0.66 : 0.6);
};

/** Measures with the browser's own fonts where a canvas can be had; remembers what it measured. */
export function createTextMeasurer(): MeasureText {
  const context = typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return estimateTextWidth;
  const known = new Map<string, number>();
  return (text, style) => {
    const key = `${style}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const { size, weight, isMono } = textStyles[style];
    context.font = `${weight} ${size}px ${isMono ? monoFamily : sansFamily}`;
    const width = context.measureText(text).width;
    if (known.size > 5000) known.clear();
    known.set(key, width);
    return width;
  };
}

/** Shortens a text to a width with an ellipsis at the end, or in the middle where both ends tell something. */
export function elide(
  text: string,
  maxWidth: number,
  style: TextStyle,
  measure: MeasureText,
  place: 'end' | 'middle' = 'end',
): string {
  if (measure(text, style) <= maxWidth) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length - 1;
  const cut = (kept: number): string => {
    const tail = place === 'middle' ? Math.floor(kept / 2) : 0;
    return `${letters.slice(0, kept - tail).join('')}…${letters.slice(letters.length - tail).join('')}`;
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle), style) <= maxWidth) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : cut(low);
}
