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
  /** `LadderMessage.id`, shown by the message inspector. */
  readonly messageId: string | null;
  /** Frame that the pointed-at packet, message or marker lies in. */
  readonly frame: number | null;
  /** Which of call and stream was chosen last: what Play and Export mean. */
  readonly primary: 'call' | 'stream' | null;
}

const nothing: SelectionState = { callId: null, streamId: null, messageId: null, frame: null, primary: null };

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
        messageId: isSameCall ? state.messageId : null,
        frame: isSameCall ? state.frame : null,
        primary: 'call',
      };
    });
  },
  /** `callId` is the call that the stream belongs to, null for a stream without one. */
  selectStream(streamId: string, callId: string | null): void {
    useSelection.setState((state) => ({
      callId,
      streamId,
      messageId: state.callId === callId ? state.messageId : null,
      frame: state.streamId === streamId ? state.frame : null,
      primary: 'stream',
    }));
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

/** Id of the call or stream that was selected last; null when nothing is. */
export function selectedSourceId(state: SelectionState): string | null {
  if (state.primary === 'call') return state.callId;
  if (state.primary === 'stream') return state.streamId;
  return null;
}

/** Id of the call or stream that Play and Export act on; null also for a call without media. */
export function playableSourceId(state: SelectionState): string | null {
  return state.streamId === null ? null : selectedSourceId(state);
}
