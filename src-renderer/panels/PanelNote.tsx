import type { ReactNode } from 'react';
import styles from './PanelNote.module.css';

/** What stands in a panel that has nothing to show yet, or could not get it. */
export function PanelNote({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.note} role="status">
      <strong>{title}</strong>
      {children && <span>{children}</span>}
    </div>
  );
}
