import type { MouseEvent } from 'react';
import type { TimelineLane } from '#shared/model/timeline';
import { formatDuration } from '../format';
import { Icon, type IconName } from '../Icon';
import { type Palette, usePalette } from '../palette';
import { LossHeat } from './LossHeat';
import type { PlacedLane } from './order';
import styles from './Timeline.module.css';
import type { LanePicture } from './lane-pictures';
import { percentOf, type Ticks, type TimeView } from './view';

interface LaneProps {
  readonly id: string;
  readonly placed: PlacedLane;
  readonly top: number;
  readonly pictures: readonly LanePicture[] | undefined;
  readonly view: TimeView;
  readonly ticks: Ticks;
  readonly isSelected: boolean;
  readonly onPointer: (lane: TimelineLane, event: MouseEvent) => void;
  readonly onPlay: (lane: TimelineLane) => void;
}

const icons: Readonly<Record<TimelineLane['kind'], IconName>> = {
  call: 'call',
  session: 'session',
  audio: 'wave',
  video: 'video',
  data: 'message',
  unknown: 'stream',
};

export function Lane({
  id,
  placed: { lane, level },
  top,
  pictures,
  view,
  ticks,
  isSelected,
  onPointer,
  onPlay,
}: LaneProps) {
  const palette = usePalette();
  const colour = palette[lane.kind satisfies keyof Palette];
  const left = percentOf(view, lane.startSeconds);
  const right = percentOf(view, lane.endSeconds);
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={level}
      aria-selected={isSelected}
      aria-label={`${lane.label}, ${lane.detail}, ${formatDuration(lane.endSeconds - lane.startSeconds)}`}
      data-testid={`lane-${lane.sourceId}`}
      className={styles.lane}
      data-pictures={pictures ? pictures.length : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={(event) => onPointer(lane, event)}
      onDoubleClick={() => onPlay(lane)}
    >
      <div className={styles.label} data-level={level} title={`${lane.label}\n${lane.detail}`}>
        <span style={{ color: colour }} className={styles.kind}>
          <Icon name={icons[lane.kind]} size={13} />
        </span>
        <span className={styles.name}>{lane.label}</span>
        <span className={styles.detail}>{lane.detail}</span>
      </div>
      <div className={styles.laneTrack} data-time>
        {ticks.seconds.map((seconds) => (
          <span key={seconds} className={styles.gridLine} style={{ left: `${percentOf(view, seconds)}%` }} />
        ))}
        {right >= 0 && left <= 100 && (
          <div
            className={styles.bar}
            data-kind={lane.kind}
            style={{ left: `${left}%`, width: `max(3px, ${right - left}%)`, borderColor: colour }}
          >
            {lane.lossHeat.length > 0 && lane.kind !== 'call' && lane.kind !== 'session' ? (
              <LossHeat heat={lane.lossHeat} colour={colour} />
            ) : (
              <span className={styles.fill} style={{ background: colour }} />
            )}
            {pictures?.map(({ seconds, url }) => (
              <img
                key={url}
                src={url}
                alt=""
                draggable={false}
                className={styles.picture}
                style={{ left: `${(100 * (percentOf(view, seconds) - left)) / Math.max(0.001, right - left)}%` }}
              />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
