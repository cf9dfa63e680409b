import { useSession } from '../../stores/session';
import styles from './table.module.css';

interface NothingFoundProps {
  /** `No calls`. */
  readonly title: string;
  /** What was looked for, a sentence. */
  readonly lookedFor: string;
}

/** An empty table says what would be in it, and whether it may still come. */
export function NothingFound({ title, lookedFor }: NothingFoundProps) {
  const isLoading = useSession((state) => state.capture?.state === 'loading');
  return (
    <div className={styles.nothing} data-testid="nothing-found">
      <strong>{isLoading ? `${title} so far` : title}</strong>
      <span>{lookedFor}</span>
    </div>
  );
}
