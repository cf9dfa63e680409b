import type { Ladder, LadderItem } from '#shared/model/call';
import { elide, type MeasureText } from './text';

/** Every item is one row, so that a row's place is arithmetic and thousands of them cost nothing. */
export const rowHeight = 38;
/** Arrow within its row: the label stands above it, ports and detail below. */
export const lineOffset = 18;
export const headerHeight = 40;
export const gutterWidth = 88;

/** Two neighbouring columns never come closer; a narrower panel scrolls sideways. */
const minPitch = 132;
const minWidthWithComments = 820;
const smallestComment = 160;
/** Enough to know how wide comments are. */
const measuredComments = 500;
const bottomPadding = 14;
const edge = 6;

export interface LadderColumn {
  readonly host: number;
  /** Middle of the column, from the left edge of the plot. */
  readonly x: number;
  /** Shortened to the column; `fullName` and `address` are what was given. */
  readonly name: string;
  readonly addressLine: string;
  readonly fullName: string;
  readonly address: string;
}

/** Time that a stream runs, beside the lifeline of its sender. */
export interface MediaStrip {
  readonly streamId: string;
  readonly tone: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Geometry of a ladder at one width, all in pixels. The plot lies right of the gutter (times) and has its own origin;
 * y counts from the top of the first row.
 */
export interface LadderLayout {
  readonly items: readonly LadderItem[];
  /** When the last item ends, seconds since the first frame. */
  readonly endSeconds: number;
  /** Per row: 1 shows the sender's port, 2 the receiver's, 3 both. A host's port is shown when it changes. */
  readonly shownPorts: Uint8Array;
  readonly columns: readonly LadderColumn[];
  readonly pitch: number;
  /** Width of the part with arrows. */
  readonly plotWidth: number;
  /** Left edge of the comment column; null when details stand below their arrows. */
  readonly commentX: number | null;
  readonly commentWidth: number;
  readonly bodyHeight: number;
  readonly strips: readonly MediaStrip[];
}

/** Lays a ladder out in `width` pixels (gutter included); wider only when its hosts need it. */
export function layoutLadder(ladder: Ladder, width: number, measure: MeasureText): LadderLayout {
  const hosts = Math.max(1, ladder.hosts.length);
  const room = Math.max(0, width - gutterWidth);
  const hasComments = width >= minWidthWithComments && room - smallestComment >= hosts * minPitch;
  const commentWidth = hasComments ? fitComments(ladder.items, room, hosts, measure) : 0;
  const plotWidth = Math.max(hosts * minPitch, room - commentWidth);
  const pitch = plotWidth / hosts;
  const columns = ladder.hosts.map((host, index): LadderColumn => {
    const hasName = host.label !== '' && host.label !== host.address;
    const name = hasName ? host.label : host.address;
    return {
      host: index,
      x: Math.round(pitch * (index + 0.5)) + 0.5,
      name: elide(name, pitch - 12, 'host', measure, 'middle'),
      addressLine: hasName ? elide(host.address, pitch - 12, 'address', measure, 'middle') : '',
      fullName: name,
      address: host.address,
    };
  });
  const layout: Omit<LadderLayout, 'strips'> = {
    items: ladder.items,
    endSeconds: lastEnd(ladder.items),
    shownPorts: portsToShow(ladder.items),
    columns,
    pitch,
    plotWidth,
    commentX: hasComments ? plotWidth : null,
    commentWidth,
    bodyHeight: ladder.items.length * rowHeight + bottomPadding,
  };
  return { ...layout, strips: layoutStrips(layout) };
}

/** As wide as the longest comment, as far as the columns leave room and keep the greater part. */
function fitComments(items: readonly LadderItem[], room: number, hosts: number, measure: MeasureText): number {
  let wanted = smallestComment;
  for (const { detail } of items.slice(0, measuredComments)) {
    wanted = Math.max(wanted, Math.ceil(measure(detail, 'detail')) + 2 * edge);
  }
  return Math.min(wanted, Math.floor(room * 0.48), room - hosts * minPitch);
}

export function totalWidth(layout: LadderLayout): number {
  return gutterWidth + layout.plotWidth + layout.commentWidth;
}

/** Rows that touch the stretch from `top` to `bottom`, as [first, after the last]. */
export function rowsBetween(layout: LadderLayout, top: number, bottom: number): readonly [number, number] {
  const count = layout.items.length;
  const first = Math.min(count, Math.max(0, Math.floor(top / rowHeight)));
  return [first, Math.min(count, Math.max(first, Math.ceil(bottom / rowHeight)))];
}

export function lineY(row: number): number {
  return row * rowHeight + lineOffset + 0.5;
}

/** Index of the last item at or before `seconds`; -1 when there is none. */
export function rowAtTime(items: readonly LadderItem[], seconds: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].timeSeconds <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * Where a time lies on the ladder. Rows are evenly spaced, not to scale: between two arrows the line moves in
 * proportion to their times. After the last arrow it nears the bottom as the last stream ends.
 */
export function timeToY(layout: Omit<LadderLayout, 'strips'>, seconds: number): number {
  const { items } = layout;
  if (items.length === 0) return 0;
  const row = rowAtTime(items, seconds);
  if (row < 0) return 0;
  if (row === items.length - 1) {
    const start = items[row].timeSeconds;
    const end = layout.endSeconds;
    const share = end > start ? Math.min(1, (seconds - start) / (end - start)) : Number(seconds > start);
    return lineY(row) + share * (layout.bodyHeight - 1 - lineY(row));
  }
  const start = items[row].timeSeconds;
  const share = (seconds - start) / (items[row + 1].timeSeconds - start);
  return lineY(row) + share * rowHeight;
}

function lastEnd(items: readonly LadderItem[]): number {
  let end = 0;
  for (const item of items) end = Math.max(end, item.kind === 'media' ? item.endSeconds : item.timeSeconds);
  return end;
}

function portsToShow(items: readonly LadderItem[]): Uint8Array {
  const shown = new Uint8Array(items.length);
  const lastPort = new Map<number, number>();
  for (const [row, item] of items.entries()) {
    const isNewFrom = lastPort.get(item.fromHost) !== item.fromPort;
    lastPort.set(item.fromHost, item.fromPort);
    const isNewTo = lastPort.get(item.toHost) !== item.toPort;
    lastPort.set(item.toHost, item.toPort);
    shown[row] = item.kind === 'media' ? 3 : Number(isNewFrom) | (Number(isNewTo) << 1);
  }
  return shown;
}

/** Colour of a row: its dialog's, or for media 0 from left to right and 1 from right to left. */
export function toneOf(item: LadderItem): number {
  if (item.kind === 'message') return item.dialog;
  return item.fromHost <= item.toHost ? 0 : 1;
}

function layoutStrips(layout: Omit<LadderLayout, 'strips'>): MediaStrip[] {
  const strips: MediaStrip[] = [];
  // A strip takes the first of four places beside the lifeline that is free again.
  const places = new Map<number, number[]>();
  for (const [row, item] of layout.items.entries()) {
    if (item.kind !== 'media') continue;
    const column = layout.columns[item.fromHost];
    if (!column) continue;
    const top = lineY(row);
    const bottom = Math.max(top + 4, timeToY(layout, item.endSeconds));
    const taken = places.get(item.fromHost) ?? [];
    let place = taken.findIndex((freeFrom) => freeFrom <= top);
    if (place < 0) place = Math.min(taken.length, 3);
    taken[place] = bottom;
    places.set(item.fromHost, taken);
    // On the side away from the other host, where no arrow of this pair passes.
    const side = item.fromHost <= item.toHost ? -1 : 1;
    strips.push({ streamId: item.streamId, tone: toneOf(item), x: column.x + side * (5 + place * 5), top, bottom });
  }
  return strips;
}

/** A text in the plot of one row. */
export interface PlacedText {
  readonly text: string;
  /** Left edge. */
  readonly x: number;
  readonly width: number;
}

export interface RowTexts {
  readonly label: PlacedText;
  /** Pill after the label; null when the item is no retransmission. */
  readonly badge: PlacedText | null;
  readonly detail: PlacedText | null;
  readonly fromPort: PlacedText | null;
  readonly toPort: PlacedText | null;
  /** The ports stand beside the label, because the detail needs the line below the arrow for itself. */
  readonly portsAbove: boolean;
  readonly comment: PlacedText | null;
}

export const badgePadding = 4;
export const selfLoopWidth = 34;
const textGap = 8;

/** Texts of one row, none of which touches another or leaves the plot. */
export function placeRowTexts(layout: LadderLayout, row: number, measure: MeasureText): RowTexts {
  const item = layout.items[row];
  const { x1, x2 } = rowSpan(layout, row);
  const isSelf = item.fromHost === item.toHost;
  const middle = isSelf ? x1 + selfLoopWidth : (x1 + x2) / 2;

  const { label, badge } = placeLabel(layout, item, middle, Math.abs(x2 - x1), measure);
  const shown = isSelf ? 0 : layout.shownPorts[row];
  const fromPort = shown & 1 ? placePort(item.fromPort, x1, x2, measure) : null;
  const toPort = shown & 2 ? placePort(item.toPort, x2, x1, measure) : null;
  const rest = { label, badge, fromPort, toPort };

  if (layout.commentX !== null) {
    const text = elide(item.detail, layout.commentWidth - 2 * edge, 'detail', measure);
    const width = measure(text, 'detail');
    const comment = text === '' ? null : { text, x: layout.commentX + edge, width };
    return { ...rest, detail: null, portsAbove: false, comment };
  }
  const free: PlacedText = place(item.detail, middle, layout.plotWidth, 'detail', measure);
  const [left, right] = roomBeside([fromPort, toPort], middle, layout.plotWidth);
  if (free.x >= left && free.x + free.width <= right) {
    return { ...rest, detail: orNothing(free), portsAbove: false, comment: null };
  }
  const labelEnd = badge ? badge.x + badge.width : label.x + label.width;
  if (label.x >= left && labelEnd <= right) {
    return { ...rest, detail: orNothing(free), portsAbove: true, comment: null };
  }
  const text = elide(item.detail, right - left, 'detail', measure);
  const width = measure(text, 'detail');
  const x = Math.max(left, Math.min(middle - width / 2, right - width));
  return { ...rest, detail: orNothing({ text, x, width }), portsAbove: false, comment: null };
}

/** Ends of the arrow of a row. */
export function rowSpan(layout: LadderLayout, row: number): { readonly x1: number; readonly x2: number } {
  const item = layout.items[row];
  const x1 = layout.columns[item.fromHost]?.x ?? 0;
  return { x1, x2: layout.columns[item.toHost]?.x ?? x1 };
}

function placeLabel(layout: LadderLayout, item: LadderItem, middle: number, span: number, measure: MeasureText) {
  if (item.kind === 'media' || !item.isRetransmission) {
    return { label: place(item.label, middle, layout.plotWidth, 'label', measure), badge: null };
  }
  const gap = 6;
  const widthOf = (text: string): number => measure(text, 'badge') + 2 * badgePadding;
  const isTight = measure(item.label, 'label') + gap + widthOf('retransmission') > Math.max(span, 120);
  const badgeText = isTight ? 'RT' : 'retransmission';
  const badgeWidth = widthOf(badgeText);
  const text = elide(item.label, layout.plotWidth - 2 * edge - gap - badgeWidth, 'label', measure);
  const width = measure(text, 'label');
  const x = keepInside(middle - (width + gap + badgeWidth) / 2, width + gap + badgeWidth, layout.plotWidth);
  return { label: { text, x, width }, badge: { text: badgeText, x: x + width + gap, width: badgeWidth } };
}

function placePort(port: number, x: number, towards: number, measure: MeasureText): PlacedText {
  const text = String(port);
  const width = measure(text, 'port');
  return { text, width, x: towards > x ? x + edge : x - edge - width };
}

function place(
  full: string,
  middle: number,
  plotWidth: number,
  style: 'label' | 'detail',
  measure: MeasureText,
): PlacedText {
  const text = elide(full, plotWidth - 2 * edge, style, measure);
  const width = measure(text, style);
  return { text, width, x: keepInside(middle - width / 2, width, plotWidth) };
}

/** Stretch around `middle` that texts beside the port labels may use. */
function roomBeside(ports: readonly (PlacedText | null)[], middle: number, plotWidth: number): [number, number] {
  let left = edge;
  let right = plotWidth - edge;
  for (const port of ports) {
    if (port === null) continue;
    if (port.x < middle) left = Math.max(left, port.x + port.width + textGap);
    else right = Math.min(right, port.x - textGap);
  }
  return [left, right];
}

function orNothing(text: PlacedText): PlacedText | null {
  return text.text === '' ? null : text;
}

function keepInside(x: number, width: number, plotWidth: number): number {
  return Math.max(edge, Math.min(x, plotWidth - edge - width));
}
