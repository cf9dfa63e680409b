/** What jsdom lacks of a browser: sizes, media queries, observers. Imported by component tests for its effect. */
const viewport = { width: 900, height: 500 };

class SilentObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  ResizeObserver: SilentObserver,
  matchMedia: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
    addListener: () => {},
    removeListener: () => {},
  }),
});
for (const [name, value] of [
  ['offsetWidth', viewport.width],
  ['clientWidth', viewport.width],
  ['offsetHeight', viewport.height],
  ['clientHeight', viewport.height],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}
Element.prototype.scrollTo = () => {};
HTMLCanvasElement.prototype.getContext = () => null;
