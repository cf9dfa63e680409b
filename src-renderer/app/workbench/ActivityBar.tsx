import { UnstyledButton } from '@mantine/core';
import { panels } from '../../panels';
import { layoutActions } from '../../stores/layout';
import { useSession } from '../../stores/session';
import { formatInteger } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import { commands, shortcutLabel } from '../commands';
import styles from './workbench.module.css';

/** The panels of the centre, each with how much is in it. */
export function ActivityBar({ frontIds }: { frontIds: readonly string[] }) {
  const counts = useSession((state) => state.capture?.counts);
  const badges: Readonly<Record<string, number | undefined>> = {
    calls: counts?.calls,
    sessions: counts?.sessions,
    streams: counts?.streams,
    objects: counts?.objects,
    diagnostics: counts?.diagnostics,
  };
  return (
    <nav className={styles.activityBar} aria-label="Panels">
      {panels
        .values()
        .filter(({ placement }) => placement === 'center')
        .map(({ id, title, icon }) => {
          const accelerator = commands.get(`go.${id}`)?.accelerator;
          const badge = badges[id];
          return (
            <UnstyledButton
              key={id}
              title={accelerator ? `${title} (${shortcutLabel(accelerator)})` : title}
              className={styles.activity}
              aria-current={frontIds.includes(id) ? 'page' : undefined}
              data-testid={`activity-${id}`}
              onClick={() => layoutActions.reveal(id, { focus: true })}
            >
              <Icon name={icon} size={20} />
              <span>{title}</span>
              {badge !== undefined && badge > 0 && <span className={styles.badge}>{formatInteger(badge)}</span>}
            </UnstyledButton>
          );
        })}
    </nav>
  );
}
