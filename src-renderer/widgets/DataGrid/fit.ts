import type { ColumnDefinition } from '#shared/model/table';
import type { TableRow } from '#shared/query/table-query';
import { formatCell } from '../format';
import { cellValue, clampWidth } from './columns';

const padding = 18;
const sortMarkWidth = 14;
/** Wider texts are cut until the user pulls the column open. */
const widestAtFirst = 340;
/** Long texts stand last, where they push nothing aside. */
const widestLastAtFirst = 900;
/** For places without a canvas. */
const usualCharacterWidth = 7.3;

/** Width in pixels that a text takes in the font of `element`. */
function textMeasure(element: Element): (text: string, isBold: boolean) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * usualCharacterWidth;
  const { fontFamily, fontSize } = getComputedStyle(element);
  return (text, isBold) => {
    context.font = `${isBold ? 600 : 400} ${fontSize} ${fontFamily}`;
    return context.measureText(text).width;
  };
}

/** Widths at which titles and these rows are seen whole. */
export function fittingWidths(
  element: Element,
  columns: readonly ColumnDefinition[],
  rows: readonly TableRow[],
  widest?: number,
): Record<string, number> {
  const measure = textMeasure(element);
  const widths: Record<string, number> = {};
  for (const column of columns) {
    let width = measure(column.title, true) + sortMarkWidth;
    for (const row of rows) width = Math.max(width, measure(formatCell(column.kind, cellValue(row, column)), false));
    // A state is drawn with a mark before it.
    const mark = column.kind === 'state' ? 16 : 0;
    const isLast = column === columns.filter(({ isHidden }) => !isHidden).at(-1);
    const limit = widest ?? (isLast ? widestLastAtFirst : widestAtFirst);
    widths[column.id] = clampWidth(Math.min(limit, Math.ceil(width) + padding + mark));
  }
  return widths;
}
