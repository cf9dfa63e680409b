import { playheadActions, usePlayhead } from '../../stores/playhead';
import { playableSourceId, useSelection } from '../../stores/selection';

/** Plays a call or stream; when it is in the player already, starts or stops it. */
export function togglePlay(sourceId: string): void {
  if (usePlayhead.getState().sourceId === sourceId) playheadActions.toggle();
  else playheadActions.play(sourceId);
}

/** Starts or stops what is in the player, or else what is selected. */
export function togglePlayback(): void {
  const { sourceId } = usePlayhead.getState();
  const selection = useSelection.getState();
  const wanted = sourceId ?? (selection.primary === 'object' ? null : playableSourceId(selection));
  if (wanted) togglePlay(wanted);
}

export function skip(seconds: number): void {
  playheadActions.seek('command', usePlayhead.getState().seconds + seconds);
}
