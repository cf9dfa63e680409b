import { SegmentedControl } from '@mantine/core';
import type { DamageMode } from '#shared/model/video';
import { useVideo, videoActions } from '../../stores/video';
import styles from './VideoPanel.module.css';

const meanings: Readonly<Record<DamageMode, string>> = {
  faithful: 'every picture as captured; the decoder hides what is missing as well as it can',
  clean: 'after a loss the last whole picture stands until the next intact key picture',
};

/** The two ways through damage, each with what it means. `isIdle`: nothing is damaged, both show the same. */
export function ModeSwitch({ isIdle }: { readonly isIdle: boolean }) {
  const mode = useVideo((state) => state.mode);
  return (
    <div className={styles.mode}>
      <SegmentedControl
        size="xs"
        aria-label="Way through damage"
        data-testid="video-mode"
        disabled={isIdle}
        value={mode}
        onChange={(value) => videoActions.setMode(value === 'faithful' ? 'faithful' : 'clean')}
        data={[
          { value: 'faithful', label: 'Faithful' },
          { value: 'clean', label: 'Clean' },
        ]}
      />
      <span className={styles.dim}>{isIdle ? 'nothing is damaged: both ways show the same' : meanings[mode]}</span>
    </div>
  );
}
