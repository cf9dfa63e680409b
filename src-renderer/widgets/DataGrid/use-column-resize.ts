import { type PointerEvent, useState } from 'react';
import { clampWidth } from './columns';

interface Resizing {
  readonly id: string;
  readonly width: number;
}

/** Width of a column while its edge is dragged; `onDone` gets the last one. */
export function useColumnResize(onDone: (id: string, width: number) => void) {
  const [resizing, setResizing] = useState<Resizing | null>(null);

  const start = (id: string, width: number, event: PointerEvent<HTMLElement>): void => {
    event.preventDefault();
    event.stopPropagation();
    const handle = event.currentTarget;
    const startX = event.clientX;
    let latest = width;
    handle.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent): void => {
      latest = clampWidth(width + next.clientX - startX);
      setResizing({ id, width: latest });
    };
    const stop = (): void => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', stop);
      handle.removeEventListener('pointercancel', stop);
      setResizing(null);
      if (latest !== width) onDone(id, latest);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', stop);
    handle.addEventListener('pointercancel', stop);
  };

  return { resizing, start };
}
