import type { LadderItem } from '#shared/model/call';
import { formatDelta, formatSeconds } from '../time-format';
import {
  badgePadding,
  gutterWidth,
  headerHeight,
  type LadderLayout,
  lineOffset,
  lineY,
  placeRowTexts,
  rowHeight,
  rowSpan,
  selfLoopWidth,
  toneOf,
} from './layout';
import type { MeasureText, TextStyle } from './text';

/** Name of a colour of the palette as in its CSS variable: `text-dim` for `--td-text-dim`. */
export type Paint = string;

/** What a ladder is drawn with, on the screen, in an SVG file and on a canvas alike. */
export type Shape =
  | {
      readonly kind: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly paint: Paint;
      readonly width: number;
      readonly dash?: readonly number[];
    }
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly paint: Paint;
      readonly opacity?: number;
      readonly isOutline?: boolean;
    }
  | { readonly kind: 'polygon'; readonly points: readonly number[]; readonly paint: Paint }
  | {
      readonly kind: 'polyline';
      readonly points: readonly number[];
      readonly paint: Paint;
      readonly width: number;
      readonly dash?: readonly number[];
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Baseline. */
      readonly y: number;
      readonly text: string;
      readonly style: TextStyle;
      readonly paint: Paint;
      readonly anchor?: 'start' | 'middle' | 'end';
      /** Ground painted behind the letters where lines pass. */
      readonly hasHalo?: boolean;
    };

const dialogPaints = 8;
const barThickness = 7;
const headLength = 8;
const retransmissionDash = [5, 3] as const;

export function paintOf(item: LadderItem): Paint {
  if (item.kind === 'message') return `dialog-${toneOf(item) % dialogPaints}`;
  return toneOf(item) === 0 ? 'caller' : 'callee';
}

/** Names above the columns; the origin is the plot's left edge and the header's top. */
export function headerShapes(layout: LadderLayout): Shape[] {
  const shapes: Shape[] = [];
  for (const column of layout.columns) {
    const hasAddress = column.addressLine !== '';
    const x = column.x;
    const y = hasAddress ? 16 : 24;
    shapes.push({ kind: 'text', x, y, text: column.name, style: 'host', paint: 'text', anchor: 'middle' });
    if (hasAddress) {
      const text = column.addressLine;
      shapes.push({ kind: 'text', x, y: 31, text, style: 'address', paint: 'text-dim', anchor: 'middle' });
    }
    shapes.push({ kind: 'line', x1: x, y1: headerHeight - 4, x2: x, y2: headerHeight, paint: 'text-dim', width: 1 });
  }
  return shapes;
}

/** Lifelines and the strips of running streams between two heights of the body. */
export function backdropShapes(layout: LadderLayout, top: number, bottom: number): Shape[] {
  const shapes: Shape[] = layout.columns.map(({ x }) => ({
    kind: 'line',
    x1: x,
    y1: top,
    x2: x,
    y2: bottom,
    paint: 'border',
    width: 1,
  }));
  for (const strip of layout.strips) {
    if (strip.bottom < top || strip.top > bottom) continue;
    const paint = strip.tone === 0 ? 'caller' : 'callee';
    const height = strip.bottom - strip.top;
    shapes.push({ kind: 'rect', x: strip.x - 1.5, y: strip.top, width: 3, height, paint, opacity: 0.55 });
  }
  return shapes;
}

/** Time of a row and the time since the one before; the origin is the gutter's left edge and the body's top. */
export function gutterShapes(layout: LadderLayout, row: number): Shape[] {
  const x = gutterWidth - 8;
  const y = row * rowHeight;
  const seconds = layout.items[row].timeSeconds;
  const shapes: Shape[] = [
    { kind: 'text', x, y: y + 15, text: formatSeconds(seconds), style: 'time', paint: 'text', anchor: 'end' },
  ];
  if (row > 0) {
    const text = formatDelta(seconds - layout.items[row - 1].timeSeconds);
    shapes.push({ kind: 'text', x, y: y + 29, text, style: 'delta', paint: 'text-dim', anchor: 'end' });
  }
  return shapes;
}

/** Arrow or bar of a row with its texts; the origin is the plot's left edge and the body's top. */
export function rowShapes(layout: LadderLayout, row: number, measure: MeasureText): Shape[] {
  const item = layout.items[row];
  const paint = paintOf(item);
  const shapes = item.fromHost === item.toHost ? loop(layout, row, paint) : arrow(layout, row, paint);
  const top = row * rowHeight;
  const above = top + 12;
  const below = top + 34;
  const texts = placeRowTexts(layout, row, measure);
  const { label, badge, detail, comment } = texts;
  shapes.push({
    kind: 'text',
    x: label.x,
    y: above,
    text: label.text,
    style: 'label',
    paint: item.kind === 'message' ? paint : 'text',
    hasHalo: true,
  });
  if (badge) {
    const { x, width, text } = badge;
    shapes.push({ kind: 'rect', x, y: top + 1.5, width, height: 13, paint: 'surface' });
    shapes.push({ kind: 'rect', x, y: top + 1.5, width, height: 13, paint: 'warning', isOutline: true });
    shapes.push({ kind: 'text', x: x + badgePadding, y: top + 11.5, text, style: 'badge', paint: 'warning' });
  }
  const portY = texts.portsAbove ? above : below;
  for (const port of [texts.fromPort, texts.toPort]) {
    if (!port) continue;
    const { x, text } = port;
    shapes.push({ kind: 'text', x, y: portY, text, style: 'port', paint: 'text-dim', hasHalo: true });
  }
  if (detail) {
    const { x, text } = detail;
    shapes.push({ kind: 'text', x, y: below, text, style: 'detail', paint: 'text-dim', hasHalo: true });
  }
  if (comment) {
    const { x, text } = comment;
    shapes.push({ kind: 'text', x, y: top + lineOffset + 4, text, style: 'detail', paint: 'text-dim' });
  }
  return shapes;
}

function arrow(layout: LadderLayout, row: number, paint: Paint): Shape[] {
  const item = layout.items[row];
  const { x1, x2 } = rowSpan(layout, row);
  const y = lineY(row);
  const direction = Math.sign(x2 - x1) || 1;
  if (item.kind === 'media') {
    const shaft = x2 - direction * (headLength + 2);
    const half = barThickness / 2;
    return [
      { kind: 'rect', x: Math.min(x1, shaft), y: y - half, width: Math.abs(shaft - x1), height: barThickness, paint },
      { kind: 'polygon', points: [shaft, y - half - 2, x2, y, shaft, y + half + 2], paint },
    ];
  }
  const neck = x2 - direction * headLength;
  const dash = item.isRetransmission ? retransmissionDash : undefined;
  return [
    { kind: 'line', x1, y1: y, x2: neck, y2: y, paint, width: 1.5, dash },
    { kind: 'polygon', points: [neck, y - 4, x2, y, neck, y + 4], paint },
  ];
}

/** A message that a host sends to itself. */
function loop(layout: LadderLayout, row: number, paint: Paint): Shape[] {
  const item = layout.items[row];
  const { x1 } = rowSpan(layout, row);
  const y = lineY(row);
  const right = x1 + selfLoopWidth - 4;
  const width = item.kind === 'media' ? 4 : 1.5;
  const dash = item.kind === 'message' && item.isRetransmission ? retransmissionDash : undefined;
  return [
    { kind: 'polyline', points: [x1, y - 3, right, y - 3, right, y + 3, x1 + headLength, y + 3], paint, width, dash },
    { kind: 'polygon', points: [x1 + headLength, y - 1, x1, y + 3, x1 + headLength, y + 7], paint },
  ];
}

/** A drawing with its own size. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const margin = 12;
const titleHeight = 26;

/** The whole ladder as one drawing, with a title and its own ground, as it is saved. */
export function ladderScene(layout: LadderLayout, title: string, measure: MeasureText): Scene {
  const width = gutterWidth + layout.plotWidth + layout.commentWidth + 2 * margin;
  const height = titleHeight + headerHeight + layout.bodyHeight + 2 * margin;
  const plotX = margin + gutterWidth;
  const bodyY = margin + titleHeight + headerHeight;
  const shapes: Shape[] = [
    { kind: 'rect', x: 0, y: 0, width, height, paint: 'surface' },
    { kind: 'text', x: margin, y: margin + 14, text: title, style: 'host', paint: 'text' },
    ...headerShapes(layout).map((shape) => moved(shape, plotX, margin + titleHeight)),
    ...backdropShapes(layout, 0, layout.bodyHeight).map((shape) => moved(shape, plotX, bodyY)),
  ];
  for (let row = 0; row < layout.items.length; row++) {
    for (const shape of gutterShapes(layout, row)) shapes.push(moved(shape, margin, bodyY));
    for (const shape of rowShapes(layout, row, measure)) shapes.push(moved(shape, plotX, bodyY));
  }
  return { width, height, shapes };
}

function moved(shape: Shape, dx: number, dy: number): Shape {
  switch (shape.kind) {
    case 'line':
      return { ...shape, x1: shape.x1 + dx, x2: shape.x2 + dx, y1: shape.y1 + dy, y2: shape.y2 + dy };
    case 'rect':
    case 'text':
      return { ...shape, x: shape.x + dx, y: shape.y + dy };
    case 'polygon':
    case 'polyline':
      return { ...shape, points: shape.points.map((value, index) => value + (index % 2 === 0 ? dx : dy)) };
  }
}
