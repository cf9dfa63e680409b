import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Palette } from '../palette';
import { usePalette } from '../palette';
import type { PlayheadSource } from '../playhead-source';
import { formatSeconds } from '../time-format';
import { useElementSize } from '../use-element-size';
import { nearestIndex, timeRange, toPlotValues } from './chart-data';
import styles from './TimeChart.module.css';

type ColourRole = { [Role in keyof Palette]: Palette[Role] extends string ? Role : never }[keyof Palette];

export interface ChartSeries {
  readonly label: string;
  readonly unit: string;
  readonly decimals: number;
  /** One value a time; NaN where nothing was measured. */
  readonly values: ArrayLike<number>;
  readonly colour: ColourRole;
  readonly kind: 'line' | 'bars';
}

export interface TimeChartProps {
  /** Seconds since the first frame of the capture, ascending. */
  readonly time: ArrayLike<number>;
  readonly series: readonly ChartSeries[];
  readonly height: number;
  /** Charts with the same key share cursor and zoom. */
  readonly syncKey: string;
  /** Silences up to this length are drawn through. */
  readonly bridgeSeconds: number;
  /** Writes the times below; of a stack of charts only the last one does. */
  readonly hasTimeAxis?: boolean;
  readonly playhead: PlayheadSource;
  readonly onSeek: (seconds: number) => void;
}

const font = '11px system-ui, sans-serif';
const axisWidth = 54;
/** A press that moves less is a click: it seeks and does not zoom. */
const clickPixels = 4;

/**
 * Values over capture time. Drag zooms, a double click shows all, a click seeks; arrow keys step from value to value.
 * The legend shows the values at the cursor, or at the playhead when the pointer is elsewhere.
 */
export function TimeChart(props: TimeChartProps) {
  const { time, series, height, syncKey, bridgeSeconds, hasTimeAxis = true, playhead, onSeek } = props;
  const host = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const zoomed = useRef<{ min: number; max: number } | null>(null);
  const seek = useRef(onSeek);
  const palette = usePalette();
  const { width } = useElementSize(host, { width: 600, height });
  const data = useMemo<uPlot.AlignedData>(
    () => [Array.from(time), ...series.map((one) => toPlotValues(time, one.values, bridgeSeconds))],
    [time, series, bridgeSeconds],
  );

  useEffect(() => {
    seek.current = onSeek;
  }, [onSeek]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const line = document.createElement('div');
    line.className = styles.playhead;
    const options = chartOptions({
      series,
      time,
      height,
      width: element.clientWidth || 600,
      syncKey,
      hasTimeAxis,
      palette,
    });
    const showValues = (plot: uPlot): void => {
      const seconds = playhead.get();
      const index = plot.cursor.idx ?? (seconds === null ? -1 : nearestIndex(time, seconds));
      writeLegend(legend.current, series, time, index);
    };
    const placeLine = (plot: uPlot): void => {
      const seconds = playhead.get();
      const left = seconds === null ? -1 : plot.valToPos(seconds, 'x');
      const isInside = left >= 0 && left <= plot.over.clientWidth;
      line.style.visibility = isInside ? 'visible' : 'hidden';
      if (isInside) line.style.transform = `translateX(${Math.round(left)}px)`;
    };
    const plot = new uPlot(
      {
        ...options,
        hooks: {
          ready: [
            (self) => {
              self.over.append(line);
              onClick(self.over, (left) => seek.current(self.posToVal(left, 'x')));
            },
          ],
          draw: [placeLine],
          setCursor: [showValues],
          setScale: [
            (self, key) => {
              const { min, max } = self.scales.x;
              if (key !== 'x' || min === undefined || max === undefined) return;
              const [first, last] = timeRange(time);
              zoomed.current = min > first + 1e-9 || max < last - 1e-9 ? { min, max } : null;
            },
          ],
        },
      },
      data,
      element,
    );
    chart.current = plot;
    if (zoomed.current) plot.setScale('x', zoomed.current);
    showValues(plot);
    const unsubscribe = playhead.subscribe(() => {
      placeLine(plot);
      if (plot.cursor.idx === null || plot.cursor.idx === undefined) showValues(plot);
    });
    return () => {
      unsubscribe();
      chart.current = null;
      plot.destroy();
    };
  }, [data, series, time, height, syncKey, hasTimeAxis, palette, playhead]);

  useEffect(() => {
    chart.current?.setSize({ width, height });
  }, [width, height]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const seconds = playhead.get();
    if (step === 0 || time.length === 0) return;
    event.preventDefault();
    const from = seconds === null ? 0 : nearestIndex(time, seconds);
    onSeek(time[Math.min(time.length - 1, Math.max(0, from + step))]);
  };

  return (
    <div className={styles.chart} data-chart={series.map((one) => one.label).join(', ')}>
      <div ref={legend} className={styles.legend}>
        {series.map((one) => (
          <span key={one.label} className={styles.entry}>
            <span className={styles.swatch} style={{ background: `var(--td-${one.colour})` }} data-kind={one.kind} />
            {one.label}
            <output className={styles.value} />
          </span>
        ))}
        <output className={styles.time} />
      </div>
      <div
        ref={host}
        className={styles.plot}
        style={{ height }}
        tabIndex={0}
        role="img"
        aria-label={`${series.map((one) => `${one.label} in ${one.unit}`).join(', ')} over time`}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

interface ChartShape {
  readonly series: readonly ChartSeries[];
  readonly time: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  readonly syncKey: string;
  readonly hasTimeAxis: boolean;
  readonly palette: Palette;
}

function chartOptions({ series, time, height, width, syncKey, hasTimeAxis, palette }: ChartShape): uPlot.Options {
  const lines = { stroke: palette.gridLine, width: 1 };
  return {
    width,
    height,
    legend: { show: false },
    padding: [6, 8, hasTimeAxis ? 0 : 6, 0],
    cursor: {
      y: false,
      points: { size: 6, width: 1.5 },
      drag: { x: true, y: false, dist: clickPixels },
      sync: { key: syncKey, scales: ['x', null], setSeries: false },
    },
    scales: {
      x: {
        time: false,
        range: (_self, min, max) => {
          const [first, last] = timeRange(time);
          return min === time[0] && max === time[time.length - 1] ? [first, last] : [min, max];
        },
      },
      y: { range: (_self, min, max) => valueRange(min, max, 10 ** -Math.min(...series.map((one) => one.decimals))) },
    },
    axes: [
      {
        show: hasTimeAxis,
        stroke: palette.textDim,
        font,
        size: 24,
        gap: 4,
        space: 70,
        grid: lines,
        ticks: { ...lines, size: 4 },
        values: (_self, splits, _axis, _space, increment) => splits.map((split) => axisTime(split, increment)),
      },
      {
        stroke: palette.textDim,
        font,
        size: axisWidth,
        gap: 4,
        space: 17,
        grid: lines,
        ticks: { ...lines, size: 4 },
        values: (_self, splits) => splits.map((split) => String(Number(split.toPrecision(6)))),
      },
    ],
    series: [
      {},
      ...series.map((one): uPlot.Series => {
        const colour = palette[one.colour];
        return one.kind === 'bars'
          ? {
              label: one.label,
              stroke: colour,
              fill: colour,
              width: 0,
              paths: uPlot.paths.bars?.({ size: [0.8, 14, 2] }),
              points: { show: false },
            }
          : { label: one.label, stroke: colour, width: 1.25, points: { size: 4, fill: colour } };
      }),
    ],
  };
}

/**
 * Zero is always in sight, so that the height of a curve tells its size; what is below `resolution` is the noise of
 * floating point and no curve.
 */
function valueRange(min: number | null, max: number | null, resolution: number): [number, number] {
  const low = Math.min(0, min ?? 0);
  const high = Math.max(0, max ?? 0);
  if (high - low < resolution) return [0, 1];
  const pad = (high - low) * 0.08;
  return [low < 0 ? low - pad : 0, high > 0 ? high + pad : 0];
}

function axisTime(seconds: number, increment: number): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(increment) - 1e-9));
  return `${formatSeconds(seconds, decimals)}\u00a0s`;
}

function writeLegend(
  element: HTMLElement | null,
  series: readonly ChartSeries[],
  time: ArrayLike<number>,
  index: number,
): void {
  if (!element) return;
  const outputs = element.getElementsByTagName('output');
  for (const [position, one] of series.entries()) {
    const value = index >= 0 ? one.values[index] : Number.NaN;
    outputs[position].textContent = Number.isFinite(value)
      ? `${formatSeconds(value, one.decimals)}\u00a0${one.unit}`
      : '–';
  }
  outputs[series.length].textContent = index >= 0 ? `${formatSeconds(time[index], 3)}\u00a0s` : '';
}

function onClick(target: HTMLElement, listener: (left: number) => void): void {
  let pressedAt = Number.NaN;
  target.addEventListener('mousedown', (event) => {
    pressedAt = event.clientX;
  });
  target.addEventListener('click', (event) => {
    if (Math.abs(event.clientX - pressedAt) < clickPixels) {
      listener(event.clientX - target.getBoundingClientRect().left);
    }
  });
}
