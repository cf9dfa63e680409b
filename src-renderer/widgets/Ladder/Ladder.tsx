import { type KeyboardEvent, memo, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Ladder as LadderModel, LadderItem } from '#shared/model/call';
import type { PlayheadSource } from '../playhead-source';
import { useElementSize } from '../use-element-size';
import styles from './Ladder.module.css';
import {
  gutterWidth,
  headerHeight,
  type LadderLayout,
  layoutLadder,
  rowHeight,
  rowsBetween,
  timeToY,
  totalWidth,
} from './layout';
import { ShapeElement } from './ShapeElement';
import { backdropShapes, gutterShapes, headerShapes, rowShapes } from './shapes';
import { createTextMeasurer, type MeasureText } from './text';

export interface LadderProps {
  readonly ladder: LadderModel;
  /** `LadderItem.id` of the marked row. */
  readonly selectedId: string | null;
  readonly playhead: PlayheadSource;
  /** 1 is the size of the window's own text. */
  readonly zoom?: number;
  /** A row was clicked or reached with the keyboard. */
  readonly onSelect: (item: LadderItem, by: 'pointer' | 'keyboard') => void;
  /** A row was double-clicked, or Enter was pressed on it. */
  readonly onActivate?: (item: LadderItem) => void;
  /** Ctrl and the wheel: the factor to zoom by. */
  readonly onZoom?: (factor: number) => void;
}

/** Rows drawn beyond what is seen, so that scrolling shows no empty ground. */
const overscan = 14;

/**
 * Call flow: a column a host, a row an item in the order of time. Only the rows in sight are in the document.
 * The playhead's line is moved by hand and follows out of sight while something plays.
 */
export function Ladder({ ladder, selectedId, playhead, zoom = 1, onSelect, onActivate, onZoom }: LadderProps) {
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLDivElement>(null);
  const hover = useRef<HTMLDivElement>(null);
  const [measure] = useState<MeasureText>(createTextMeasurer);
  const { width, height: viewHeight } = useElementSize(scroller, { width: 640, height: 600 });
  const layout = useMemo(() => layoutLadder(ladder, width / zoom, measure), [ladder, width, zoom, measure]);
  const [top, setTop] = useState(0);
  const selectedRow = useMemo(() => layout.items.findIndex((item) => item.id === selectedId), [layout, selectedId]);

  useEffect(() => {
    if (!scroller.current || !line.current) return;
    return followPlayhead(scroller.current, line.current, layout, zoom, playhead);
  }, [layout, zoom, playhead]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || selectedRow < 0) return;
    const rowTop = selectedRow * rowHeight * zoom;
    const visible = element.clientHeight - headerHeight * zoom;
    if (rowTop < element.scrollTop) element.scrollTop = rowTop;
    else if (rowTop + rowHeight * zoom > element.scrollTop + visible) {
      element.scrollTop = rowTop + rowHeight * zoom - visible;
    }
  }, [selectedRow, zoom]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !onZoom) return;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      onZoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    };
    // React's own wheel listener is passive and could not keep the page from zooming.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [onZoom]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (!element) return;
    // Whole steps, so that most scroll events render nothing.
    const step = rowHeight * 6;
    setTop(Math.floor(element.scrollTop / zoom / step) * step);
  };
  const reach = overscan * rowHeight;
  const [first, end] = rowsBetween(layout, top - reach, top + viewHeight / zoom + reach);

  const rowAt = (event: MouseEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.floor((event.clientY - box.top) / (rowHeight * zoom));
  };
  const moveHover = (row: number): void => {
    if (!hover.current) return;
    const isInside = row >= 0 && row < layout.items.length;
    hover.current.style.visibility = isInside ? 'visible' : 'hidden';
    if (isInside) hover.current.style.transform = `translateY(${row * rowHeight * zoom}px)`;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const item = layout.items[selectedRow];
    if (event.key === 'Enter' && item) {
      event.preventDefault();
      onActivate?.(item);
      return;
    }
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / (rowHeight * zoom)) - 1);
    const target = rowAfterKey(event.key, selectedRow, layout.items.length, pageRows);
    if (target === null || layout.items.length === 0) return;
    event.preventDefault();
    onSelect(layout.items[target], 'keyboard');
  };

  const windowTop = first * rowHeight;
  const windowBottom = end === layout.items.length ? layout.bodyHeight : end * rowHeight;
  const windowHeight = windowBottom - windowTop;
  const rows = Array.from({ length: end - first }, (_, index) => first + index);
  const plotAndComment = layout.plotWidth + layout.commentWidth;
  const at = (y: number) => ({ transform: `translateY(${y * zoom}px)` });

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="listbox"
      aria-label="Call flow"
      aria-activedescendant={selectedRow >= first && selectedRow < end ? `${id}-${selectedRow}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
      data-items={layout.items.length}
    >
      <div className={styles.canvas} style={{ width: totalWidth(layout) * zoom }}>
        <div className={styles.header} style={{ height: headerHeight * zoom }} aria-hidden="true">
          <div className={styles.corner} style={{ width: gutterWidth * zoom }}>
            Time
          </div>
          <Drawing width={plotAndComment} height={headerHeight} zoom={zoom} y={0}>
            {headerShapes(layout).map((shape, index) => (
              <ShapeElement key={index} shape={shape} />
            ))}
            {layout.columns.map((column) => (
              <rect
                key={column.host}
                x={column.x - layout.pitch / 2}
                width={layout.pitch}
                height={headerHeight}
                opacity={0}
              >
                <title>
                  {column.fullName === column.address ? column.address : `${column.fullName}\n${column.address}`}
                </title>
              </rect>
            ))}
          </Drawing>
        </div>
        <div
          className={styles.body}
          style={{ height: layout.bodyHeight * zoom }}
          onMouseMove={(event) => moveHover(rowAt(event))}
          onMouseLeave={() => moveHover(-1)}
          onClick={(event) => {
            const item = layout.items[rowAt(event)];
            if (item) onSelect(item, 'pointer');
          }}
          onDoubleClick={(event) => {
            const item = layout.items[rowAt(event)];
            if (item) onActivate?.(item);
          }}
        >
          <div ref={hover} className={styles.hover} style={{ height: rowHeight * zoom, visibility: 'hidden' }} />
          {selectedRow >= 0 && (
            <div className={styles.selected} style={{ height: rowHeight * zoom, ...at(selectedRow * rowHeight) }} />
          )}
          <div
            className={styles.gutter}
            data-covers={totalWidth(layout) * zoom > width + 1}
            style={{ width: gutterWidth * zoom }}
            aria-hidden="true"
          >
            <Drawing width={gutterWidth} height={windowHeight} zoom={zoom} y={windowTop}>
              {rows.map((row) => (
                <TimeRow key={row} layout={layout} row={row} />
              ))}
            </Drawing>
          </div>
          <div className={styles.plot} style={{ left: gutterWidth * zoom }}>
            <Drawing width={plotAndComment} height={windowHeight} zoom={zoom} y={windowTop}>
              <Backdrop layout={layout} top={windowTop} bottom={windowBottom} />
              {rows.map((row) => (
                <Row
                  key={row}
                  id={`${id}-${row}`}
                  layout={layout}
                  row={row}
                  isSelected={row === selectedRow}
                  measure={measure}
                />
              ))}
            </Drawing>
          </div>
          <div ref={line} className={styles.playhead} data-testid="ladder-playhead" />
        </div>
      </div>
    </div>
  );
}

/** Row that a key leads to; null for other keys. */
export function rowAfterKey(key: string, row: number, count: number, pageRows: number): number | null {
  const clamp = (target: number): number => Math.min(count - 1, Math.max(0, target));
  switch (key) {
    case 'ArrowDown':
      return clamp(row + 1);
    case 'ArrowUp':
      return clamp(row < 0 ? count - 1 : row - 1);
    case 'PageDown':
      return clamp(row + pageRows);
    case 'PageUp':
      return clamp(row - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return clamp(count - 1);
    default:
      return null;
  }
}

interface DrawingProps {
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  readonly y: number;
  readonly children: React.ReactNode;
}

/** An SVG that shows the stretch of the drawing which begins at `y`. */
function Drawing({ width, height, zoom, y, children }: DrawingProps) {
  return (
    <svg
      className={styles.drawing}
      width={width * zoom}
      height={height * zoom}
      viewBox={`0 ${y} ${width} ${height}`}
      style={{ top: y * zoom }}
    >
      {children}
    </svg>
  );
}

const Backdrop = memo(function Backdrop(props: {
  readonly layout: LadderLayout;
  readonly top: number;
  readonly bottom: number;
}) {
  return backdropShapes(props.layout, props.top, props.bottom).map((shape, index) => (
    <ShapeElement key={index} shape={shape} />
  ));
});

const TimeRow = memo(function TimeRow({ layout, row }: { readonly layout: LadderLayout; readonly row: number }) {
  return gutterShapes(layout, row).map((shape, index) => <ShapeElement key={index} shape={shape} />);
});

interface RowProps {
  readonly id: string;
  readonly layout: LadderLayout;
  readonly row: number;
  readonly isSelected: boolean;
  readonly measure: MeasureText;
}

const Row = memo(function Row({ id, layout, row, isSelected, measure }: RowProps) {
  const item = layout.items[row];
  const text = describeItem(layout, item);
  return (
    <g
      id={id}
      className={isSelected ? styles.selectedRow : undefined}
      role="option"
      aria-selected={isSelected}
      aria-label={text}
      data-ladder-item={item.id}
      data-kind={item.kind}
      data-retransmission={item.kind === 'message' && item.isRetransmission}
    >
      <title>{text}</title>
      {rowShapes(layout, row, measure).map((shape, index) => (
        <ShapeElement key={index} shape={shape} />
      ))}
    </g>
  );
});

/** A row in words: for the tooltip, and for those who do not see the arrow. */
export function describeItem(layout: Pick<LadderLayout, 'columns'>, item: LadderItem): string {
  const end = (host: number, port: number): string => `${layout.columns[host]?.address ?? '?'} port ${port}`;
  const parts = [
    `${item.label}${item.kind === 'message' && item.isRetransmission ? ' (retransmission)' : ''}`,
    `${end(item.fromHost, item.fromPort)} → ${end(item.toHost, item.toPort)}`,
    item.detail,
    item.kind === 'media'
      ? `${item.timeSeconds.toFixed(3)} s to ${item.endSeconds.toFixed(3)} s, from frame ${item.frame}`
      : `${item.timeSeconds.toFixed(6)} s, frame ${item.frame}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** Keeps the line at the playhead; where it was in sight, it stays in sight. Returns the function that stops it. */
function followPlayhead(
  view: HTMLElement,
  line: HTMLElement,
  layout: LadderLayout,
  zoom: number,
  playhead: PlayheadSource,
): () => void {
  let previous = -1;
  const place = (): void => {
    const seconds = playhead.get();
    line.style.visibility = seconds === null ? 'hidden' : 'visible';
    if (seconds === null) return;
    const y = timeToY(layout, seconds) * zoom;
    if (y === previous) return;
    line.style.transform = `translateY(${y}px)`;
    const visible = view.clientHeight - headerHeight * zoom;
    const wasInSight = previous >= view.scrollTop && previous <= view.scrollTop + visible;
    if (wasInSight && y > view.scrollTop + visible) view.scrollTop = y - visible / 3;
    previous = y;
  };
  place();
  return playhead.subscribe(place);
}
