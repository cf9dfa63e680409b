import { Button, Progress } from '@mantine/core';
import type { Making } from './use-making';
import styles from './VideoPanel.module.css';

interface MakingLineProps {
  readonly making: Making;
  readonly codec: string;
  readonly onStop: () => void;
  readonly onGoOn: () => void;
}

/** How far ffmpeg is with a picture that is watched meanwhile; nothing once it is made. */
export function MakingLine({ making: { state, fraction, failure }, codec, onStop, onGoOn }: MakingLineProps) {
  if (state === 'made') return null;
  const share = Math.floor(100 * fraction);
  return (
    <div
      className={styles.making}
      data-testid="video-making"
      data-state={state}
      role={state === 'failed' ? 'alert' : 'status'}
    >
      {state === 'failed' && failure ? (
        <span className={`selectable ${styles.damaged}`}>
          {failure.message} {failure.hint ?? ''}
        </span>
      ) : (
        <>
          <span>{state === 'stopped' ? `Stopped at ${share} %` : `${codec} is turned into H.264: ${share} %`}</span>
          <Progress value={100 * fraction} className={styles.makingBar} aria-label="Share of the video that is made" />
        </>
      )}
      <Button
        variant="default"
        size="compact-xs"
        data-testid={state === 'making' ? 'video-stop-making' : 'video-go-on'}
        onClick={state === 'making' ? onStop : onGoOn}
      >
        {state === 'making' ? 'Stop' : state === 'failed' ? 'Try again' : 'Go on'}
      </Button>
    </div>
  );
}
