import { ActionIcon } from '@mantine/core';
import { sessionActions, useSession } from '../stores/session';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';

/** A failure while a capture is on the screen: another file that would not open, or reading that stopped. */
export function FailureBanner() {
  const shown = useSession((state) => state.failure);
  if (!shown) return null;
  const { path, failure } = shown;
  return (
    <div role="alert" className={styles.banner} data-testid="failure-banner">
      <Icon name="error" label="Failure" />
      <span className={styles.bannerText}>
        <strong>{failure.message}</strong> <span className="selectable">{failure.where ?? path}</span>{' '}
        {failure.hint && <span className={styles.dim}>{failure.hint}</span>}
      </span>
      <code className={styles.dim}>{failure.code}</code>
      <ActionIcon aria-label="Dismiss" onClick={sessionActions.dismissFailure}>
        <Icon name="close" size={14} />
      </ActionIcon>
    </div>
  );
}
