import { ActionIcon, Tooltip } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react';
import type { MediaTimeline, TimelineLane } from '#shared/model/timeline';
import type { PlayheadSource } from '../playhead-source';
import { formatPosition } from '../time-format';
import { Lane } from './Lane';
import type { LanePicture, LanePictures } from './lane-pictures';
import { placeLanes } from './order';
import styles from './Timeline.module.css';
import { axisTicks, panned, percentOf, type TimeView, wholeView, zoomed } from './view';

export interface TimelineProps {
  readonly timeline: MediaTimeline;
  /** `sourceId` of the lane that is selected. */
  readonly selectedSourceId: string | null;
  readonly playhead: PlayheadSource;
  /** Small pictures of lanes, by `sourceId`: such a lane is higher. */
  readonly pictures?: LanePictures;
  readonly onSelect: (lane: TimelineLane) => void;
  readonly onPlay: (lane: TimelineLane) => void;
  readonly onSeek: (seconds: number) => void;
}

const laneHeight = 24;
const pictureLaneHeight = 52;
const noPictures: LanePictures = new Map();
const zoomStep = 1.5;

/**
 * All media on one time axis. A click selects and moves the playhead, a double click plays, Ctrl+wheel zooms,
 * Shift+wheel moves along. Keys: up and down select, Enter or Space play, left and right move the playhead, + - 0 zoom.
 */
export function Timeline({
  timeline,
  selectedSourceId,
  playhead,
  pictures = noPictures,
  onSelect,
  onPlay,
  onSeek,
}: TimelineProps) {
  const [zoom, setZoom] = useState<TimeView | null>(null);
  const [width, setWidth] = useState(600);
  const scroller = useRef<HTMLDivElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const duration = timeline.durationSeconds;
  const view = zoom ?? wholeView(duration);
  const lanes = placeLanes(timeline.lanes);
  const selectedIndex = lanes.findIndex(({ lane }) => lane.sourceId === selectedSourceId);
  const ticks = axisTicks(view, width);
  const picturesOf = ({ sourceId, kind }: TimelineLane): readonly LanePicture[] | undefined =>
    kind === 'video' ? pictures.get(sourceId) : undefined;
  const virtualizer = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (picturesOf(lanes[index].lane) ? pictureLaneHeight : laneHeight),
    overscan: 8,
  });

  useEffect(() => virtualizer.measure(), [virtualizer, pictures]);

  useEffect(() => {
    const element = track.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const draw = (): void => {
      const line = cursor.current;
      const seconds = playhead.get();
      if (!line) return;
      const at = seconds === null ? -1 : percentOf(view, seconds);
      line.hidden = at < 0 || at > 100;
      line.style.left = `${at}%`;
    };
    draw();
    return playhead.subscribe(draw);
  }, [playhead, view]);

  // React listens to wheels passively: to keep the page from zooming the listener has to be our own.
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const onWheel = (event: WheelEvent): void => {
      const span = view.end - view.start;
      if (event.ctrlKey) {
        event.preventDefault();
        setZoom(
          zoomed(view, event.deltaY > 0 ? zoomStep : 1 / zoomStep, secondsAt(track.current, view, event), duration),
        );
      } else if (event.shiftKey || event.deltaX !== 0) {
        event.preventDefault();
        setZoom(panned(view, (Math.sign(event.deltaX || event.deltaY) * span) / 10, duration));
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [view, duration]);

  const select = (index: number): void => {
    const placed = lanes[Math.min(lanes.length - 1, Math.max(0, index))];
    if (!placed) return;
    onSelect(placed.lane);
    virtualizer.scrollToIndex(lanes.indexOf(placed), { align: 'auto' });
  };
  const zoomBy = (factor: number): void => {
    const center = playhead.get() ?? (view.start + view.end) / 2;
    const inside = center >= view.start && center <= view.end ? center : (view.start + view.end) / 2;
    setZoom(zoomed(view, factor, inside, duration));
  };
  const seekBy = (share: number): void =>
    onSeek(Math.min(duration, Math.max(0, (playhead.get() ?? 0) + share * (view.end - view.start))));

  const onKeyDown = (event: KeyboardEvent): void => {
    const actions: Record<string, (() => void) | undefined> = {
      ArrowDown: () => select(selectedIndex + 1),
      ArrowUp: () => select(selectedIndex - 1),
      Home: () => select(0),
      End: () => select(lanes.length - 1),
      ArrowLeft: () => seekBy(-0.01),
      ArrowRight: () => seekBy(0.01),
      Enter: () => selectedIndex >= 0 && onPlay(lanes[selectedIndex].lane),
      ' ': () => selectedIndex >= 0 && onPlay(lanes[selectedIndex].lane),
      '+': () => zoomBy(1 / zoomStep),
      '-': () => zoomBy(zoomStep),
      '0': () => setZoom(null),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const onPointer = (lane: TimelineLane, event: MouseEvent): void => {
    onSelect(lane);
    if (event.target instanceof Element && event.target.closest('[data-time]')) {
      onSeek(secondsAt(track.current, view, event.nativeEvent));
    }
  };

  return (
    <div ref={root} className={styles.root}>
      <div className={styles.axis}>
        <div className={styles.axisLabel}>
          <span>Media</span>
          <Tooltip label="Zoom out (-)">
            <ActionIcon size="xs" aria-label="Zoom out" disabled={zoom === null} onClick={() => zoomBy(zoomStep)}>
              −
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Zoom in (+)">
            <ActionIcon size="xs" aria-label="Zoom in" onClick={() => zoomBy(1 / zoomStep)}>
              +
            </ActionIcon>
          </Tooltip>
          <Tooltip label="The whole capture (0)">
            <ActionIcon
              size="xs"
              aria-label="Show the whole capture"
              disabled={zoom === null}
              onClick={() => setZoom(null)}
            >
              ↔
            </ActionIcon>
          </Tooltip>
        </div>
        <div
          ref={track}
          className={styles.track}
          data-time
          data-testid="timeline-axis"
          onClick={(event) => onSeek(secondsAt(track.current, view, event.nativeEvent))}
        >
          {ticks.seconds.map((seconds) => (
            <span key={seconds} className={styles.tick} style={{ left: `${percentOf(view, seconds)}%` }}>
              {formatPosition(seconds, ticks.decimals)}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={scroller}
        role="tree"
        aria-label="Media timeline"
        tabIndex={0}
        className={styles.lanes}
        aria-activedescendant={selectedIndex >= 0 ? `${idPrefix}-${selectedIndex}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" className={styles.laneBox} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <Lane
              key={lanes[index].lane.id}
              id={`${idPrefix}-${index}`}
              placed={lanes[index]}
              top={start}
              pictures={picturesOf(lanes[index].lane)}
              view={view}
              ticks={ticks}
              isSelected={index === selectedIndex}
              onPointer={onPointer}
              onPlay={onPlay}
            />
          ))}
        </div>
      </div>
      <div className={styles.cursorBox} aria-hidden>
        <div ref={cursor} className={styles.cursor} hidden />
      </div>
    </div>
  );
}

function secondsAt(track: HTMLElement | null, view: TimeView, event: { readonly clientX: number }): number {
  const box = track?.getBoundingClientRect();
  if (!box || box.width === 0) return view.start;
  const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  return view.start + share * (view.end - view.start);
}
