import { type PointerEvent, useEffect, useRef } from 'react';
import type { VideoModel } from '#shared/model/video';
import { usePalette } from '../../widgets/palette';
import { formatPosition } from '../../widgets/time-format';
import { useElementSize } from '../../widgets/use-element-size';
import { seekColumns } from './frames';
import styles from './VideoPanel.module.css';

const height = 26;
const tickHeight = 6;

interface SeekBarProps {
  readonly model: VideoModel;
  readonly seconds: number;
  /** Stretches that can be played already; null when all can. */
  readonly made: readonly (readonly [number, number])[] | null;
  readonly onSeek: (seconds: number) => void;
}

/** The whole video: key pictures ticked above, damaged ones marked, stretches where the picture stands hatched. */
export function SeekBar({ model, seconds, made, onSeek }: SeekBarProps) {
  const { frames, durationSeconds } = model;
  const root = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const palette = usePalette();
  const { width } = useElementSize(root, { width: 400, height });

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || width < 1) return;
    const { key, damaged, held } = seekColumns(frames, durationSeconds, Math.floor(width));
    context.clearRect(0, 0, width, height);
    context.fillStyle = palette.gridLine;
    context.fillRect(0, tickHeight + 2, width, height - tickHeight - 2);
    for (const [from, to] of made ?? []) {
      context.fillStyle = palette.video;
      const left = (from / durationSeconds) * width;
      context.fillRect(left, height - 2, (to / durationSeconds) * width - left, 2);
    }
    for (let x = 0; x < key.length; x++) {
      if (held[x] && (x & 3) < 2) {
        context.fillStyle = palette.silence;
        context.fillRect(x, tickHeight + 6, 1, height - tickHeight - 10);
      }
      if (damaged[x]) {
        context.fillStyle = palette.lost;
        context.fillRect(x, tickHeight + 2, Math.max(1, damaged[x - 1] ? 1 : 2), height - tickHeight - 2);
      }
      if (key[x]) {
        context.fillStyle = palette.video;
        context.fillRect(x, 0, 1, tickHeight);
      }
    }
  }, [frames, durationSeconds, width, palette, made]);

  const seekTo = (event: PointerEvent): void => {
    const box = root.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    onSeek(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * durationSeconds);
  };
  const share = durationSeconds > 0 ? Math.min(1, Math.max(0, seconds / durationSeconds)) : 0;
  return (
    <div
      ref={root}
      role="slider"
      tabIndex={0}
      className={styles.seekBar}
      data-testid="video-seek"
      title="Green ticks: key pictures. Orange: damaged pictures. Hatched: the picture stands still. Line below: made already."
      aria-label="Position in the video"
      aria-valuemin={0}
      aria-valuemax={durationSeconds}
      aria-valuenow={seconds}
      aria-valuetext={formatPosition(seconds, 2)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      <canvas ref={canvas} width={Math.max(1, Math.floor(width))} height={height} aria-hidden />
      <div className={styles.played} style={{ transform: `scaleX(${share})` }} />
      <div className={styles.knob} style={{ left: `${share * 100}%` }} />
    </div>
  );
}
