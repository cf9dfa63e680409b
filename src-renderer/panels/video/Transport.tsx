import { ActionIcon, NativeSelect, Slider, Tooltip } from '@mantine/core';
import { useVideo, videoActions } from '../../stores/video';
import { formatPosition, formatSeconds } from '../../widgets/time-format';
import { TransportIcon } from '../player/TransportIcon';
import styles from './VideoPanel.module.css';

const speeds = [0.1, 0.25, 0.5, 1, 1.5, 2, 4];

interface TransportProps {
  readonly isPlaying: boolean;
  /** It is what the playhead plays; otherwise it follows, without a sound. */
  readonly isLeading: boolean;
  readonly hasSound: boolean;
  readonly hasDamage: boolean;
  readonly seconds: number;
  readonly durationSeconds: number;
  readonly startSeconds: number;
  readonly onToggle: () => void;
  readonly onStep: (direction: 1 | -1) => void;
  readonly onDamage: (direction: 1 | -1) => void;
  readonly onSave: () => void;
  readonly onFullscreen: () => void;
}

export function Transport(props: TransportProps) {
  const { isPlaying, isLeading, hasSound, hasDamage, seconds, durationSeconds, startSeconds } = props;
  const speed = useVideo((state) => state.speed);
  const volume = useVideo((state) => state.volume);
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="Video playback">
      <Tooltip label={isPlaying ? 'Pause (Space)' : 'Play (Space)'}>
        <ActionIcon
          variant="filled"
          color="sky"
          size={28}
          aria-label={isPlaying ? 'Pause' : 'Play'}
          data-testid="video-play"
          onClick={props.onToggle}
        >
          <TransportIcon name={isPlaying ? 'pause' : 'play'} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Picture before (,)">
        <ActionIcon aria-label="Picture before" data-testid="video-step-back" onClick={() => props.onStep(-1)}>
          <TransportIcon name="stepBack" size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next picture (.)">
        <ActionIcon aria-label="Next picture" data-testid="video-step" onClick={() => props.onStep(1)}>
          <TransportIcon name="stepForward" size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Damaged picture before (Page Up)">
        <ActionIcon aria-label="Damaged picture before" disabled={!hasDamage} onClick={() => props.onDamage(-1)}>
          <TransportIcon name="previous" size={14} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next damaged picture (Page Down)">
        <ActionIcon aria-label="Next damaged picture" disabled={!hasDamage} onClick={() => props.onDamage(1)}>
          <TransportIcon name="next" size={14} />
        </ActionIcon>
      </Tooltip>
      <div className={styles.position}>
        <output>{formatPosition(seconds, 2)}</output>
        <span className={styles.dim}> / {formatPosition(durationSeconds, 2)}</span>
      </div>
      <Tooltip label="Time in the capture">
        <output className={styles.captureTime}>{formatSeconds(startSeconds + seconds, 3)} s</output>
      </Tooltip>
      <span className={styles.spring} />
      <Tooltip label="Save this picture as PNG">
        <ActionIcon aria-label="Save this picture as PNG" data-testid="video-save" onClick={props.onSave}>
          <TransportIcon name="picture" />
        </ActionIcon>
      </Tooltip>
      <NativeSelect
        size="xs"
        className={styles.speed}
        aria-label="Speed of the video"
        value={String(speed)}
        onChange={(event) => videoActions.setSpeed(Number(event.currentTarget.value))}
        data={speeds.map((value) => ({ value: String(value), label: `${value}×` }))}
      />
      <Tooltip
        label={
          hasSound ? (isLeading ? 'Volume' : 'The sound comes from the player now') : 'No sound belongs to this stream'
        }
      >
        <div className={styles.volumeBox}>
          <TransportIcon name="volume" />
          <Slider
            className={styles.volume}
            size="xs"
            disabled={!hasSound || !isLeading}
            label={(value) => `${value} %`}
            thumbLabel="Volume of the video"
            value={Math.round(volume * 100)}
            onChange={(value) => videoActions.setVolume(value / 100)}
          />
        </div>
      </Tooltip>
      <Tooltip label="Full screen (F)">
        <ActionIcon aria-label="Full screen" onClick={props.onFullscreen}>
          <TransportIcon name="fullscreen" />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
