import type { IDockviewPanelProps } from 'dockview-react';
import { panels } from '../../panels';
import { ErrorBoundary } from '../ErrorBoundary';
import styles from './workbench.module.css';

/** One panel of the registry in the dock. */
export function DockPanel({ api }: IDockviewPanelProps) {
  const definition = panels.get(api.id);
  if (!definition) return null;
  const { id, title, component: Panel } = definition;
  return (
    <section className={styles.panel} aria-label={title} data-panel={id} data-testid={`panel-${id}`} tabIndex={-1}>
      <ErrorBoundary title={title}>
        <Panel />
      </ErrorBoundary>
    </section>
  );
}
