import type { IDockviewPanelProps } from 'dockview-react';
import { useSyncExternalStore } from 'react';
import { panels } from '../../panels';
import { PanelVisibility } from '../../panels/visibility';
import { ErrorBoundary } from '../ErrorBoundary';
import styles from './workbench.module.css';

/** One panel of the registry in the dock. */
export function DockPanel({ api }: IDockviewPanelProps) {
  const definition = panels.get(api.id);
  const isVisible = useSyncExternalStore(
    (listener) => {
      const subscription = api.onDidVisibilityChange(listener);
      return () => subscription.dispose();
    },
    () => api.isVisible,
  );
  if (!definition) return null;
  const { id, title, component: Panel } = definition;
  return (
    <section className={styles.panel} aria-label={title} data-panel={id} data-testid={`panel-${id}`} tabIndex={-1}>
      <PanelVisibility value={isVisible}>
        <ErrorBoundary title={title}>
          <Panel />
        </ErrorBoundary>
      </PanelVisibility>
    </section>
  );
}
