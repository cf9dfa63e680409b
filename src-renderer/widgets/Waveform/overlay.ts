import type { PlayerMarker } from '#shared/model/player';
import type { Palette } from '../palette';
import { formatPosition } from '../time-format';
import { markerOrder } from './markers';

export interface LoopRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What lies over the waveform at one scroll position; sizes in CSS pixels. */
export interface OverlayView {
  readonly width: number;
  readonly rulerHeight: number;
  readonly laneHeight: number;
  readonly lanes: readonly (readonly PlayerMarker[])[];
  readonly durationSeconds: number;
  readonly pixelsPerSecond: number;
  /** Time at the left edge. */
  readonly startSeconds: number;
  readonly loop: LoopRange | null;
}

const font = '10px system-ui, sans-serif';
const steps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600,
];

/** Distance of the ruler's figures: the smallest round step that leaves them `minPixels` apart. */
export function rulerStep(pixelsPerSecond: number, minPixels: number): number {
  return steps.find((step) => step * pixelsPerSecond >= minPixels) ?? steps[steps.length - 1];
}

/** Ruler, lane borders, markers and loop; what is out of sight is left out. */
export function drawOverlay(context: CanvasRenderingContext2D, view: OverlayView, palette: Palette): void {
  const height = view.rulerHeight + view.laneHeight * view.lanes.length;
  context.clearRect(0, 0, view.width, height);
  context.font = font;
  context.textBaseline = 'alphabetic';
  drawRuler(context, view, palette);
  for (const [lane, markers] of view.lanes.entries()) {
    const top = view.rulerHeight + lane * view.laneHeight;
    context.fillStyle = palette.border;
    context.fillRect(0, top, view.width, 1);
    for (const kind of markerOrder) {
      for (const marker of markers) {
        if (marker.kind === kind) drawMarker(context, view, marker, top, palette);
      }
    }
  }
  if (view.loop) drawLoop(context, view, view.loop, height, palette);
}

function drawRuler(context: CanvasRenderingContext2D, view: OverlayView, palette: Palette): void {
  const step = rulerStep(view.pixelsPerSecond, 64);
  const decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  const end = Math.min(view.durationSeconds, view.startSeconds + view.width / view.pixelsPerSecond);
  context.fillStyle = palette.textDim;
  for (let index = Math.ceil(view.startSeconds / step); index * step <= end; index++) {
    const x = Math.round((index * step - view.startSeconds) * view.pixelsPerSecond);
    context.fillRect(x, view.rulerHeight - 4, 1, 4);
    const text = formatPosition(index * step, decimals);
    if (x + 3 + context.measureText(text).width <= view.width) context.fillText(text, x + 3, view.rulerHeight - 4);
  }
}

function drawMarker(
  context: CanvasRenderingContext2D,
  view: OverlayView,
  marker: PlayerMarker,
  top: number,
  palette: Palette,
): void {
  const left = (marker.startSeconds - view.startSeconds) * view.pixelsPerSecond;
  const right = Math.max(left + 2, (marker.endSeconds - view.startSeconds) * view.pixelsPerSecond);
  if (right < -20 || left > view.width + 20) return;
  const height = view.laneHeight;
  const colour = palette[marker.kind];
  context.fillStyle = colour;
  switch (marker.kind) {
    case 'lost':
      fillFaint(context, left, top, right - left, height, 0.3);
      context.fillRect(left, top + 1, right - left, 3);
      return;
    case 'silence':
      hatch(context, left, top, right - left, height, colour);
      return;
    case 'truncated':
      fillFaint(context, left, top, right - left, height, 0.12);
      context.fillRect(left, top + height - 3, right - left, 3);
      return;
    case 'reordered':
      tick(context, left, top + height, -6);
      return;
    case 'duplicate':
      tick(context, left, top + 1, 6);
      return;
    case 'restart':
      for (let y = top + 1; y < top + height; y += 6) context.fillRect(Math.round(left), y, 1.5, 3);
      return;
    case 'dtmf': {
      fillFaint(context, left, top, right - left, height, 0.18);
      const text = marker.label.replace(/^DTMF\s*/, '');
      const width = context.measureText(text).width + 6;
      context.fillRect(left, top + 1, width, 13);
      context.fillStyle = palette.surface;
      context.fillText(text, left + 3, top + 11);
      return;
    }
  }
}

function fillFaint(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  alpha: number,
): void {
  context.globalAlpha = alpha;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
}

/** Slanted lines: told from a coloured stretch without seeing colours. */
function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.globalAlpha = 0.55;
  context.lineWidth = 1;
  context.beginPath();
  for (let offset = -height; offset < width; offset += 6) {
    context.moveTo(x + offset, y + height);
    context.lineTo(x + offset + height, y);
  }
  context.stroke();
  context.restore();
}

/** A triangle that points into the lane from its edge. */
function tick(context: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  context.beginPath();
  context.moveTo(x - 3.5, y);
  context.lineTo(x + 3.5, y);
  context.lineTo(x, y + height);
  context.fill();
}

function drawLoop(
  context: CanvasRenderingContext2D,
  view: OverlayView,
  loop: LoopRange,
  height: number,
  palette: Palette,
): void {
  const left = (loop.startSeconds - view.startSeconds) * view.pixelsPerSecond;
  const right = (loop.endSeconds - view.startSeconds) * view.pixelsPerSecond;
  context.fillStyle = palette.accent;
  fillFaint(context, left, 0, right - left, height, 0.16);
  context.fillRect(Math.round(left), 0, 2, height);
  context.fillRect(Math.round(right) - 2, 0, 2, height);
  fillFaint(context, left, 0, right - left, view.rulerHeight - 4, 0.35);
}
