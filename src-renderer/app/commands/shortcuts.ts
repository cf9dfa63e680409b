/** Keys of an accelerator in Electron's notation, ready to be compared with a key press. */
interface Chord {
  readonly key: string;
  readonly isCommandOrControl: boolean;
  readonly isShift: boolean;
  readonly isAlt: boolean;
}

const isMac = /mac/i.test(globalThis.navigator?.platform ?? '');
const keyNames: Readonly<Record<string, string>> = { space: ' ', plus: '+' };

function parseAccelerator(accelerator: string): Chord {
  const parts = accelerator.split('+').map((part) => part.toLowerCase());
  const key = parts.at(-1) ?? '';
  return {
    key: keyNames[key] ?? key,
    isCommandOrControl: parts.includes('cmdorctrl'),
    isShift: parts.includes('shift'),
    isAlt: parts.includes('alt'),
  };
}

/** Whether a key press is the accelerator. */
export function matchesAccelerator(accelerator: string, event: KeyboardEvent, mac = isMac): boolean {
  const chord = parseAccelerator(accelerator);
  const control = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  return (
    event.key.toLowerCase() === chord.key &&
    control === chord.isCommandOrControl &&
    !other &&
    event.shiftKey === chord.isShift &&
    event.altKey === chord.isAlt
  );
}

/** An accelerator as people write it: `Ctrl+Shift+E`, on a Mac `⇧⌘E`. */
export function shortcutLabel(accelerator: string, mac = isMac): string {
  const parts = accelerator.split('+');
  if (!mac) return parts.map((part) => (part === 'CmdOrCtrl' ? 'Ctrl' : part)).join('+');
  const signs: Readonly<Record<string, string>> = { CmdOrCtrl: '⌘', Shift: '⇧', Alt: '⌥' };
  const modifiers = parts.slice(0, -1).map((part) => signs[part] ?? part);
  return [...modifiers.reverse(), parts.at(-1)].join('');
}

/** A key without Ctrl, Cmd or Alt belongs to whoever takes text or acts on that key itself. */
export function isTakenByTarget(accelerator: string, target: EventTarget | null): boolean {
  const chord = parseAccelerator(accelerator);
  if (chord.isCommandOrControl || chord.isAlt || /^f\d+$/.test(chord.key)) return false;
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]')) return true;
  return chord.key === ' ' && target.closest('button, a, summary, [role=tab], [role=slider]') !== null;
}
