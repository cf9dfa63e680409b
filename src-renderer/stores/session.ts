import { create } from 'zustand';
import type { FailureMessage } from '#shared/ipc/contract';
import type { CaptureProgress, CaptureSummary } from '#shared/model/capture';
import type { TableDefinition } from '#shared/model/table';
import type { TableId } from '#shared/query/table-query';

export interface OpenFailure {
  readonly path: string;
  readonly failure: FailureMessage;
}

/**
 * The capture in the window and how far it is read.
 *
 *   const captureId = useSession((s) => s.capture?.captureId ?? null);
 *   const revision = useTableRevision('streams');   // changes whenever rows of that table changed
 *
 * A panel that shows something of the capture asks again when the revision of the tables it stems from changes.
 */
export interface SessionState {
  readonly capture: CaptureSummary | null;
  readonly progress: CaptureProgress | null;
  /** File that is being recognised: between the wish to open it and `capture:opened` or `capture:failed`. */
  readonly openingPath: string | null;
  readonly failure: OpenFailure | null;
  /** Grows by one whenever the rows of a table changed. */
  readonly revisions: Readonly<Partial<Record<TableId, number>>>;
  /** Tables as the worker describes them; empty until asked for. */
  readonly tables: readonly TableDefinition[];
}

const nothing = { capture: null, progress: null, openingPath: null, failure: null } as const;

export const useSession = create<SessionState>()(() => ({ ...nothing, revisions: {}, tables: [] }));

export const sessionActions = {
  opening(path: string): void {
    useSession.setState({ openingPath: path, failure: null });
  },
  /** The wish to open came to nothing without a word about a capture (the dialog was left). */
  openingEnded(): void {
    useSession.setState({ openingPath: null });
  },
  opened(capture: CaptureSummary): void {
    useSession.setState((state) => ({ ...nothing, capture, revisions: bumpAll(state.revisions) }));
  },
  summarised(capture: CaptureSummary): void {
    useSession.setState((state) => (state.capture?.captureId === capture.captureId ? { capture } : state));
  },
  progressed(progress: CaptureProgress): void {
    useSession.setState((state) => (state.capture?.captureId === progress.captureId ? { progress } : state));
  },
  /**
   * Something failed: opening, reading or hashing. A capture that stopped in the middle stays on the screen, and its
   * summary says so.
   */
  failed(path: string, failure: FailureMessage): void {
    useSession.setState({ openingPath: null, failure: { path, failure } });
  },
  dismissFailure(): void {
    useSession.setState({ failure: null });
  },
  closed(captureId: string): void {
    useSession.setState((state) => (state.capture?.captureId === captureId ? nothing : state));
  },
  tablesChanged(captureId: string, tables: readonly TableId[]): void {
    useSession.setState((state) => {
      if (state.capture?.captureId !== captureId) return state;
      const revisions = { ...state.revisions };
      for (const table of tables) revisions[table] = (revisions[table] ?? 0) + 1;
      return { revisions };
    });
  },
  tablesDefined(tables: readonly TableDefinition[]): void {
    useSession.setState({ tables });
  },
};

function bumpAll(revisions: SessionState['revisions']): SessionState['revisions'] {
  return Object.fromEntries(Object.entries(revisions).map(([table, revision]) => [table, revision + 1]));
}

export function useCaptureId(): string | null {
  return useSession((state) => state.capture?.captureId ?? null);
}

export function useTableRevision(table: TableId): number {
  return useSession((state) => state.revisions[table] ?? 0);
}

export function useTableDefinition(table: TableId): TableDefinition | null {
  return useSession((state) => state.tables.find((definition) => definition.id === table) ?? null);
}
