import { create } from 'zustand';

/** Who asked for a jump: the player ignores its own, a chart need not follow itself. */
export type SeekOrigin = 'player' | 'video' | 'timeline' | 'ladder' | 'chart' | 'table' | 'command' | 'selection';

/**
 * The one cursor in capture time (seconds since the first frame) that runs through everything.
 *
 * Anybody shows it:   const seconds = usePlayhead((s) => s.seconds);
 *   (it changes up to 60 times a second while playing: canvas widgets rather call
 *   `usePlayhead.subscribe((s) => draw(s.seconds))` and draw without rendering React)
 * Anybody moves it:   playheadActions.seek('chart', seconds);
 * Anybody starts it:  playheadActions.play(sourceId) with the id of a call or stream; `toggle()` for Space.
 *
 * The player makes it true: it loads `sourceId`, plays while `isPlaying`, jumps when `seek.serial` changes and the
 * origin is not its own, tells `moved(seconds)` while sound runs and `pause()` at the end or when playing fails.
 */
export interface PlayheadState {
  readonly seconds: number;
  /** Call or stream in the player; null when it is empty. */
  readonly sourceId: string | null;
  /** The user's will; the player follows it. */
  readonly isPlaying: boolean;
  /** The last jump; `serial` grows with each. */
  readonly seek: { readonly serial: number; readonly origin: SeekOrigin; readonly seconds: number };
}

const initial: PlayheadState = {
  seconds: 0,
  sourceId: null,
  isPlaying: false,
  seek: { serial: 0, origin: 'player', seconds: 0 },
};

export const usePlayhead = create<PlayheadState>()(() => initial);

export const playheadActions = {
  /** Puts a call or stream into the player without starting it; what played before stops. */
  load(sourceId: string): void {
    usePlayhead.setState((state) => (state.sourceId === sourceId ? state : { sourceId, isPlaying: false }));
  },
  /** Plays what is loaded, or loads `sourceId` and plays it. */
  play(sourceId?: string): void {
    usePlayhead.setState((state) => {
      const next = sourceId ?? state.sourceId;
      return next === null ? state : { sourceId: next, isPlaying: true };
    });
  },
  pause(): void {
    usePlayhead.setState({ isPlaying: false });
  },
  toggle(): void {
    usePlayhead.setState((state) => (state.sourceId === null ? state : { isPlaying: !state.isPlaying }));
  },
  /** Jumps: everything that shows time goes there. */
  seek(origin: SeekOrigin, seconds: number): void {
    const target = Math.max(0, seconds);
    usePlayhead.setState((state) => ({
      seconds: target,
      seek: { serial: state.seek.serial + 1, origin, seconds: target },
    }));
  },
  /** The player tells where the sound is. */
  moved(seconds: number): void {
    usePlayhead.setState({ seconds });
  },
  reset(): void {
    usePlayhead.setState((state) => ({ ...initial, seek: { ...initial.seek, serial: state.seek.serial + 1 } }));
  },
};
