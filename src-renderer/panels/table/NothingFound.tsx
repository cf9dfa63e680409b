import { Button } from '@mantine/core';
import { dialogActions } from '../../stores/dialogs';
import { useSession } from '../../stores/session';
import styles from './table.module.css';

interface NothingFoundProps {
  /** `No calls`. */
  readonly title: string;
  /** What was looked for, a sentence. */
  readonly lookedFor: string;
  /** Media may be hidden in flows that were not recognised. */
  readonly offersDecodeAs?: boolean;
}

/** An empty table says what would be in it, and whether it may still come. */
export function NothingFound({ title, lookedFor, offersDecodeAs = false }: NothingFoundProps) {
  const isLoading = useSession((state) => state.capture?.state === 'loading');
  return (
    <div className={styles.nothing} data-testid="nothing-found">
      <strong>{isLoading ? `${title} so far` : title}</strong>
      <span>{lookedFor}</span>
      {offersDecodeAs && (
        <Button variant="default" size="compact-sm" onClick={() => dialogActions.show('decode-as')}>
          Decode As…
        </Button>
      )}
    </div>
  );
}
