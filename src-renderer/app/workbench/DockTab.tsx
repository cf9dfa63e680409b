import type { IDockviewPanelHeaderProps } from 'dockview-react';
import { panels } from '../../panels';
import { Icon } from '../../widgets/Icon';
import styles from './workbench.module.css';

/** A tab without a close button: every panel has its place, and can be dragged to another one. */
export function DockTab({ api }: IDockviewPanelHeaderProps) {
  const definition = panels.get(api.id);
  return (
    <div className={styles.tab} data-testid={`tab-${api.id}`}>
      {definition && <Icon name={definition.icon} size={14} />}
      <span>{definition?.title ?? api.title}</span>
    </div>
  );
}
