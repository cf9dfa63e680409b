import { usePlayhead } from '../stores/playhead';
import type { PlayheadSource } from '../widgets/playhead-source';

/** The window's playhead for widgets, which know no store. */
export const playhead: PlayheadSource = {
  get: () => usePlayhead.getState().seconds,
  subscribe: (listener) =>
    usePlayhead.subscribe((now, before) => {
      if (now.seconds !== before.seconds) listener();
    }),
};
