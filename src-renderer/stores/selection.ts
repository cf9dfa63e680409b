import { create } from 'zustand';

/**
 * What the user looks at: one selection for the whole window.
 *
 *   const callId = useSelection((s) => s.callId);
 *   selectionActions.selectStream(row.id, row.callId);
 *
 * Panels only read and write here; what a selection opens (call flow, RTP analysis) is decided by the app.
 */
export interface SelectionState {
  readonly callId: string | null;
  readonly streamId: string | null;
  /** A media session that is no call. */
  readonly sessionId: string | null;
  /** A transferred file. */
  readonly objectId: string | null;
  /** `LadderMessage.id`, shown by the message inspector. */
  readonly messageId: string | null;
  /** Frame that the pointed-at packet, message or marker lies in. */
  readonly frame: number | null;
  /** Which of them was chosen last: what Play and Export mean. */
  readonly primary: 'call' | 'stream' | 'session' | 'object' | null;
}

const nothing: SelectionState = {
  callId: null,
  streamId: null,
  sessionId: null,
  objectId: null,
  messageId: null,
  frame: null,
  primary: null,
};

export const useSelection = create<SelectionState>()(() => nothing);

export const selectionActions = {
  /** `streamIds` are those of the call: the first becomes the selected stream unless one of them is it already. */
  selectCall(callId: string, streamIds: readonly string[] = []): void {
    useSelection.setState((state) => {
      const streamId = state.streamId && streamIds.includes(state.streamId) ? state.streamId : (streamIds[0] ?? null);
      const isSameCall = state.callId === callId;
      return {
        callId,
        streamId,
        sessionId: null,
        messageId: isSameCall ? state.messageId : null,
        frame: isSameCall ? state.frame : null,
        primary: 'call',
      };
    });
  },
  /** `callId` and `sessionId` are what the stream belongs to, null without one. */
  selectStream(streamId: string, callId: string | null, sessionId: string | null = null): void {
    useSelection.setState((state) => ({
      callId,
      streamId,
      sessionId,
      messageId: state.callId === callId && state.sessionId === sessionId ? state.messageId : null,
      frame: state.streamId === streamId ? state.frame : null,
      primary: 'stream',
    }));
  },
  /** `streamIds` are those of the session: the first becomes the selected stream. */
  selectSession(sessionId: string, streamIds: readonly string[] = []): void {
    useSelection.setState((state) => ({
      callId: null,
      streamId: streamIds[0] ?? null,
      sessionId,
      messageId: state.sessionId === sessionId ? state.messageId : null,
      frame: state.sessionId === sessionId ? state.frame : null,
      primary: 'session',
    }));
  },
  selectObject(objectId: string, frame: number | null = null): void {
    useSelection.setState({ objectId, frame, primary: 'object' });
  },
  selectMessage(messageId: string, frame: number | null = null): void {
    useSelection.setState({ messageId, frame });
  },
  selectFrame(frame: number | null): void {
    useSelection.setState({ frame });
  },
  clear(): void {
    useSelection.setState(nothing);
  },
};

/** Id of what was selected last; null when nothing is. */
export function selectedSourceId(state: SelectionState): string | null {
  if (state.primary === 'call') return state.callId;
  if (state.primary === 'stream') return state.streamId;
  if (state.primary === 'session') return state.sessionId;
  if (state.primary === 'object') return state.objectId;
  return null;
}

/** Id of what Play and Export act on; null also for a call or a session without media. */
export function playableSourceId(state: SelectionState): string | null {
  if (state.primary === 'object') return state.objectId;
  return state.streamId === null ? null : selectedSourceId(state);
}

/** Id of the call or session whose ladder and messages are shown. */
export function ladderSourceId(state: SelectionState): string | null {
  return state.callId ?? state.sessionId;
}
