import type { CallState } from '#shared/model/call';
import styles from '../table/table.module.css';

const looks: Readonly<Record<CallState, { readonly text: string; readonly colour: string; readonly isOver: boolean }>> =
  {
    setup: { text: 'setting up', colour: 'var(--td-note)', isOver: false },
    ringing: { text: 'ringing', colour: 'var(--td-note)', isOver: false },
    'in-call': { text: 'in call', colour: 'var(--td-good)', isOver: false },
    completed: { text: 'completed', colour: 'var(--td-good)', isOver: true },
    cancelled: { text: 'cancelled', colour: 'var(--td-warning)', isOver: true },
    rejected: { text: 'rejected', colour: 'var(--td-warning)', isOver: true },
    'no-answer': { text: 'no answer', colour: 'var(--td-warning)', isOver: true },
    failed: { text: 'failed', colour: 'var(--td-error)', isOver: true },
  };

/** The state of a call: a full dot when it is over, a ring while it goes on, and the word for both. */
export function CallStateMark({ state }: { state: string }) {
  const look = looks[state as CallState] ?? { text: state, colour: 'var(--td-text-dim)', isOver: true };
  return (
    <span className={styles.mark}>
      <span className={look.isOver ? styles.dot : styles.ring} style={{ color: look.colour }} aria-hidden />
      {look.text}
    </span>
  );
}
