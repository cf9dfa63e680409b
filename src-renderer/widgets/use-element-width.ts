import { type RefObject, useLayoutEffect, useState } from 'react';

/** Width of an element in CSS pixels without its scrollbar, followed as it changes; `initial` until it is laid out. */
export function useElementWidth(ref: RefObject<HTMLElement | null>, initial: number): number {
  const [width, setWidth] = useState(initial);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const read = (): void => {
      // A panel behind another one has no width: keep the last.
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    read();
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
