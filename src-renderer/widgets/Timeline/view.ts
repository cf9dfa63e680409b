/** Stretch of time that is in view, in seconds since the first frame. */
export interface TimeView {
  readonly start: number;
  readonly end: number;
}

const smallestSpan = 0.02;

/** The whole capture; an instant gets a second around it, so that there is an axis at all. */
export function wholeView(durationSeconds: number): TimeView {
  return { start: 0, end: durationSeconds > 0 ? durationSeconds : 1 };
}

/** Makes the view `factor` times as long around `center`, within the capture. */
export function zoomed(view: TimeView, factor: number, center: number, durationSeconds: number): TimeView {
  const whole = wholeView(durationSeconds);
  const span = Math.min(whole.end, Math.max(smallestSpan, (view.end - view.start) * factor));
  const share = (center - view.start) / (view.end - view.start);
  return within(center - share * span, span, whole.end);
}

/** Moves the view by seconds, within the capture. */
export function panned(view: TimeView, seconds: number, durationSeconds: number): TimeView {
  return within(view.start + seconds, view.end - view.start, wholeView(durationSeconds).end);
}

function within(start: number, span: number, end: number): TimeView {
  const from = Math.max(0, Math.min(start, end - span));
  return { start: from, end: from + span };
}

const steps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  14_400, 43_200, 86_400, 604_800,
];

export interface Ticks {
  readonly seconds: readonly number[];
  /** Decimals that tell neighbouring ticks apart. */
  readonly decimals: number;
}

/** Round times within the view, no closer than `pixelsApart` on an axis of `width` pixels. */
export function axisTicks(view: TimeView, width: number, pixelsApart = 80): Ticks {
  const span = view.end - view.start;
  const most = Math.max(1, Math.floor(width / pixelsApart));
  const step = steps.find((candidate) => span / candidate <= most) ?? span;
  const seconds: number[] = [];
  // The sum turns a negative zero into zero.
  const first = Math.ceil(view.start / step - 1e-9) + 0;
  for (let n = first; n * step <= view.end + step * 1e-9; n++) seconds.push(n * step);
  return { seconds, decimals: step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3 };
}

/** Where a time lies in the view, in percent of its width; may be outside of 0..100. */
export function percentOf(view: TimeView, seconds: number): number {
  return ((seconds - view.start) / (view.end - view.start)) * 100;
}
