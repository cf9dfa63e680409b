import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import type { PlayerMarker } from '#shared/model/player';
import { type Palette, usePalette } from '../palette';
import { formatPosition, formatSeconds } from '../time-format';
import { beginDrag, type Drag, loopEdgeAt, type PointerPlace } from './gestures';
import { markerAt, markerTitles } from './markers';
import { drawOverlay, type LoopRange } from './overlay';
import { drawPeaks, toChannels } from './peaks';
import styles from './Waveform.module.css';

export interface WaveformLane {
  readonly id: string;
  readonly colour: 'caller' | 'callee';
  /** [min, max] pairs, -1..1. */
  readonly peaks: Float32Array;
  readonly markers: readonly PlayerMarker[];
}

export interface WaveformProps {
  /** Plays the sound; its `src` is set already. The waveform follows it and never starts or stops it. */
  readonly media: HTMLMediaElement;
  readonly durationSeconds: number;
  /** Where the sound begins in the capture, seconds since its first frame. */
  readonly startSeconds: number;
  readonly lanes: readonly WaveformLane[];
  readonly laneHeight: number;
  /** 1 shows everything; 4 a quarter at a time. */
  readonly zoom: number;
  readonly loop: LoopRange | null;
  /** Times are seconds since the start of the sound. */
  readonly onSeek: (seconds: number) => void;
  readonly onLoop: (loop: LoopRange) => void;
  /** Ctrl and the wheel: the factor to zoom by. */
  readonly onZoom: (factor: number) => void;
  readonly onMarker: (marker: PlayerMarker) => void;
}

export const rulerHeight = 18;
export const scrollbarHeight = 11;

/**
 * One lane a channel, with ruler, markers and loop drawn over it. A click seeks, a drag marks a loop, the wheel
 * scrolls and with Ctrl zooms about the pointer.
 */
export function Waveform(props: WaveformProps) {
  const { media, durationSeconds, lanes, laneHeight, zoom, loop } = props;
  const palette = usePalette();
  const lanesHost = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scrollbar = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const view = useRef<WaveformView | null>(null);
  const drag = useRef<Drag | null>(null);
  const channels = useMemo(() => toChannels(lanes.map((lane) => lane.peaks)), [lanes]);

  useEffect(() => {
    const host = lanesHost.current;
    const overlay = canvas.current;
    const bar = scrollbar.current;
    if (!host || !overlay || !bar) return;
    const created = new WaveformView(host, overlay, bar, {
      media,
      durationSeconds,
      lanes,
      channels,
      laneHeight,
      palette,
    });
    view.current = created;
    return () => {
      view.current = null;
      created.dispose();
    };
  }, [media, durationSeconds, lanes, channels, laneHeight, palette]);

  useEffect(() => {
    view.current?.setZoom(zoom);
  }, [zoom, media, durationSeconds, lanes, channels, laneHeight, palette]);

  useEffect(() => {
    view.current?.setLoop(loop);
  }, [loop, media, durationSeconds, lanes, channels, laneHeight, palette]);

  const { onZoom } = props;
  useEffect(() => {
    const overlay = canvas.current;
    if (!overlay) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      if (event.ctrlKey) {
        view.current?.holdAt(event.clientX - overlay.getBoundingClientRect().left);
        onZoom(event.deltaY < 0 ? 1.25 : 0.8);
      } else {
        view.current?.scrollBy(event.deltaX || event.deltaY);
      }
    };
    // React's own wheel listener is passive and could not keep the page from zooming.
    overlay.addEventListener('wheel', onWheel, { passive: false });
    return () => overlay.removeEventListener('wheel', onWheel);
  }, [onZoom]);

  const placeOf = (event: PointerEvent): PointerPlace | null => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return view.current?.placeAt(x) ?? null;
  };
  const markerUnder = (event: PointerEvent, place: PointerPlace): PlayerMarker | null => {
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top - rulerHeight;
    const lane = lanes[Math.floor(y / laneHeight)];
    return lane ? markerAt(lane.markers, place.seconds, place.pixelsPerSecond) : null;
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>): void => {
    const place = placeOf(event);
    if (!place) return;
    const dragged = drag.current?.move(place);
    if (dragged) view.current?.setLoop(dragged);
    event.currentTarget.style.cursor = loopEdgeAt(loop, place) ? 'ew-resize' : 'text';
    showTip(tip.current, place, markerUnder(event, place), props.startSeconds);
  };
  const onPointerUp = (event: PointerEvent<HTMLCanvasElement>): void => {
    const place = placeOf(event);
    const begun = drag.current;
    drag.current = null;
    if (!place || !begun) return;
    const dragged = begun.move(place);
    if (dragged && dragged.endSeconds - dragged.startSeconds >= 0.02) {
      props.onLoop(dragged);
      return;
    }
    view.current?.setLoop(loop);
    const marker = markerUnder(event, place);
    if (marker) props.onMarker(marker);
    props.onSeek(marker ? marker.startSeconds : place.seconds);
  };

  return (
    <div className={styles.waveform} style={{ paddingTop: rulerHeight }}>
      <div ref={lanesHost} className={styles.lanes} style={{ minHeight: laneHeight * lanes.length }} />
      <canvas
        ref={canvas}
        className={styles.overlay}
        style={{ height: rulerHeight + laneHeight * lanes.length }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          const place = placeOf(event);
          if (!place) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = beginDrag(loop, place);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => {
          drag.current = null;
          view.current?.setLoop(loop);
        }}
        onPointerLeave={() => tip.current && (tip.current.style.visibility = 'hidden')}
      />
      <div ref={scrollbar} className={styles.scrollbar} style={{ height: scrollbarHeight }} tabIndex={-1}>
        <div />
      </div>
      <div ref={tip} className={styles.tip} style={{ visibility: 'hidden' }} />
    </div>
  );
}

function showTip(
  tip: HTMLElement | null,
  place: PointerPlace,
  marker: PlayerMarker | null,
  captureStart: number,
): void {
  if (!tip) return;
  const when = `${formatPosition(place.seconds, 2)} · ${formatSeconds(captureStart + place.seconds, 3)}\u00a0s in the capture`;
  tip.textContent = marker ? `${markerTitles[marker.kind]}: ${marker.label} · frame ${marker.frame}\n${when}` : when;
  tip.style.visibility = 'visible';
  const room = (tip.parentElement?.clientWidth ?? 0) - tip.offsetWidth;
  tip.style.transform = `translateX(${Math.max(0, Math.min(place.x + 10, room))}px)`;
}

interface ViewOptions {
  readonly media: HTMLMediaElement;
  readonly durationSeconds: number;
  readonly lanes: readonly WaveformLane[];
  readonly channels: readonly Float32Array[];
  readonly laneHeight: number;
  readonly palette: Palette;
}

/** One wavesurfer with the drawing over it, from creation to disposal. */
class WaveformView {
  private readonly surfer: WaveSurfer;
  private readonly observer: ResizeObserver;
  private loop: LoopRange | null = null;
  private zoom = 1;
  /** Pixel that keeps its time when the zoom changes; null: the playing position, or the middle when that is elsewhere. */
  private held: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly scrollbar: HTMLElement,
    private readonly options: ViewOptions,
  ) {
    const { media, durationSeconds, lanes, channels, laneHeight, palette } = options;
    this.surfer = WaveSurfer.create({
      container: host,
      media,
      peaks: [...channels],
      duration: durationSeconds,
      height: laneHeight,
      interact: false,
      cursorWidth: 1,
      cursorColor: palette.playhead,
      autoCenter: false,
      hideScrollbar: true,
      splitChannels: lanes.map((lane) => ({
        waveColor: `${palette[lane.colour]}99`,
        progressColor: palette[lane.colour],
        renderFunction: (peaks, context) => drawPeaks(peaks, context),
      })),
    });
    this.surfer.on('scroll', () => {
      this.moveScrollbar();
      this.draw();
    });
    this.scrollbar.addEventListener('scroll', this.onScrollbar);
    this.surfer.on('redraw', () => this.draw());
    this.surfer.on('ready', () => this.stretch());
    this.observer = new ResizeObserver(() => this.stretch());
    this.observer.observe(host);
  }

  dispose(): void {
    this.observer.disconnect();
    this.scrollbar.removeEventListener('scroll', this.onScrollbar);
    this.surfer.destroy();
  }

  setZoom(zoom: number): void {
    if (zoom === this.zoom) return;
    const held = this.held ?? this.cursorPixel() ?? this.host.clientWidth / 2;
    const seconds = this.placeAt(held).seconds;
    this.zoom = zoom;
    this.held = null;
    this.stretch();
    this.surfer.setScroll(seconds * this.pixelsPerSecond() - held);
  }

  /** Null when it is out of sight. */
  private cursorPixel(): number | null {
    const x = this.options.media.currentTime * this.pixelsPerSecond() - this.surfer.getScroll();
    return x >= 0 && x <= this.host.clientWidth ? x : null;
  }

  setLoop(loop: LoopRange | null): void {
    this.loop = loop;
    this.draw();
  }

  holdAt(x: number): void {
    this.held = x;
  }

  scrollBy(pixels: number): void {
    this.surfer.setScroll(this.surfer.getScroll() + pixels);
  }

  placeAt(x: number): PointerPlace {
    const pixelsPerSecond = this.pixelsPerSecond();
    const seconds = (x + this.surfer.getScroll()) / pixelsPerSecond;
    return { x, seconds: Math.max(0, Math.min(this.options.durationSeconds, seconds)), pixelsPerSecond };
  }

  /** Makes the waveform as wide as the zoom wants it; nothing to do before its peaks are taken in. */
  private stretch(): void {
    if (this.surfer.getDecodedData() && this.surfer.options.minPxPerSec !== this.minPixelsPerSecond()) {
      this.surfer.zoom(this.minPixelsPerSecond());
    }
    const inner = this.scrollbar.firstElementChild as HTMLElement;
    inner.style.width = `${Math.round(this.pixelsPerSecond() * this.options.durationSeconds)}px`;
    this.moveScrollbar();
    this.draw();
  }

  private readonly onScrollbar = (): void => {
    // Its own echo comes back rounded.
    if (Math.abs(this.scrollbar.scrollLeft - this.surfer.getScroll()) > 1) {
      this.surfer.setScroll(this.scrollbar.scrollLeft);
    }
  };

  private moveScrollbar(): void {
    this.scrollbar.scrollLeft = this.surfer.getScroll();
  }

  private minPixelsPerSecond(): number {
    return this.zoom === 1 ? 0 : (this.host.clientWidth * this.zoom) / this.options.durationSeconds;
  }

  private pixelsPerSecond(): number {
    // wavesurfer rounds its width up to whole pixels.
    const width =
      this.zoom === 1 ? this.host.clientWidth : Math.ceil(this.options.durationSeconds * this.minPixelsPerSecond());
    return Math.max(1e-6, width / this.options.durationSeconds);
  }

  private draw(): void {
    const { lanes, laneHeight, durationSeconds, palette } = this.options;
    const context = this.canvas.getContext('2d');
    const width = this.host.clientWidth;
    const height = rulerHeight + laneHeight * lanes.length;
    if (!context || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const pixelWidth = Math.round(width * ratio);
    const pixelHeight = Math.round(height * ratio);
    if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
      this.canvas.width = pixelWidth;
      this.canvas.height = pixelHeight;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const pixelsPerSecond = this.pixelsPerSecond();
    drawOverlay(
      context,
      {
        width,
        rulerHeight,
        laneHeight,
        lanes: lanes.map((lane) => lane.markers),
        durationSeconds,
        pixelsPerSecond,
        startSeconds: this.surfer.getScroll() / pixelsPerSecond,
        loop: this.loop,
      },
      palette,
    );
  }
}
