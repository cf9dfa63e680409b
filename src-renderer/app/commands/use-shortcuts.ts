import { useEffect } from 'react';
import { commands, runCommand } from './commands';
import { isTakenByTarget, matchesAccelerator } from './shortcuts';

/** Key presses that nothing in the window took become commands. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      for (const command of commands.values()) {
        if (command.accelerator === null || !matchesAccelerator(command.accelerator, event)) continue;
        if (isTakenByTarget(command.accelerator, event.target)) return;
        // Also when it is not possible now: the browser's own meaning of the key is not wanted either.
        event.preventDefault();
        if (!event.repeat) runCommand(command.id);
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
