import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { layoutActions } from '../../stores/layout';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { formatSeconds } from '../../widgets/time-format';
import styles from './PlayerPanel.module.css';
import { TransportIcon } from './TransportIcon';

/** Stands in the player's place while a video stream plays: its picture and its sound are in the video panel. */
export function PictureDeck({ title }: { readonly title: string }) {
  const isPlaying = usePlayhead((state) => state.isPlaying);
  const seconds = usePlayhead((state) => state.seconds);
  return (
    <div className={styles.panel} data-testid="player" data-state="video">
      <div className={styles.toolbar} role="toolbar" aria-label="Playback">
        <Tooltip label={isPlaying ? 'Pause (Space)' : 'Play (Space)'}>
          <ActionIcon
            variant="filled"
            color="sky"
            size={28}
            aria-label={isPlaying ? 'Pause' : 'Play'}
            data-testid="play"
            onClick={() => playheadActions.toggle()}
          >
            <TransportIcon name={isPlaying ? 'pause' : 'play'} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Time in the capture">
          <output className={styles.captureTime}>{formatSeconds(seconds, 3)} s</output>
        </Tooltip>
        <span className={styles.title}>{title}</span>
      </div>
      <div className={styles.loading}>
        Picture and sound are in the Video panel.
        <Button variant="default" size="compact-sm" onClick={() => layoutActions.reveal('video', { focus: true })}>
          Show it
        </Button>
      </div>
    </div>
  );
}
