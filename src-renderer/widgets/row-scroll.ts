/**
 * Browsers give up on elements higher than some 17 to 33 million pixels. Above this height the scroll range stands
 * for a longer one: the scroll bar jumps in larger steps, the wheel still moves row by row.
 */
const highestBody = 10_000_000;
const overscan = 6;

/** Which rows are in view, and where they are drawn. */
export interface RowView {
  /** First and last row to draw, rows around the visible ones included; `last` is below `first` without rows. */
  readonly first: number;
  readonly last: number;
  /** What to add to `index * rowHeight` to get a row's place in the body. */
  readonly shift: number;
  /** Height of the scrolled body in pixels. */
  readonly bodyHeight: number;
  /** Whole rows that fit into the view. */
  readonly pageRows: number;
}

/** Vertical scrolling over any number of rows of one height, below a header that stays. */
export class RowScroll {
  private readonly listeners = new Set<() => void>();
  private element: HTMLElement | null = null;
  private count = 0;
  private viewHeight = 0;
  /** Pixels from the top of the first row, as if the body had its full height. */
  private top = 0;
  /** Where the element was scrolled to from here: the event that follows says nothing new. */
  private ownScrollTop = -1;
  private view: RowView = { first: 0, last: -1, shift: 0, bodyHeight: 0, pageRows: 0 };

  constructor(
    private readonly rowHeight: number,
    private readonly headerHeight: number,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A new object after each change. */
  readonly getView = (): RowView => this.view;

  /** Listens to the scrolling element; returns the function that stops. */
  attach(element: HTMLElement): () => void {
    this.element = element;
    const onScroll = (): void => this.onScroll();
    const onWheel = (event: WheelEvent): void => this.onWheel(event);
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: false });
    const observer = new ResizeObserver(() => this.measure());
    observer.observe(element);
    this.measure();
    return () => {
      this.element = null;
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
      observer.disconnect();
    };
  }

  setCount(count: number): void {
    if (count === this.count) return;
    this.count = count;
    this.update();
    // The body has its new height only after it was drawn: `settle` follows.
  }

  /** The body has the height that the view says: puts the scroll bar where it belongs. */
  settle(): void {
    this.moveTo(this.top);
  }

  scrollToIndex(index: number): void {
    const from = index * this.rowHeight;
    if (from < this.top) this.moveTo(from);
    else if (from + this.rowHeight > this.top + this.viewHeight) this.moveTo(from + this.rowHeight - this.viewHeight);
  }

  private get fullHeight(): number {
    return this.count * this.rowHeight;
  }

  private get isScaled(): boolean {
    return this.fullHeight > highestBody;
  }

  /** Pixels of the full height for one of the scroll bar. */
  private get scale(): number {
    return this.isScaled ? (this.fullHeight - this.viewHeight) / (highestBody - this.viewHeight) : 1;
  }

  private measure(): void {
    const height = Math.max(0, (this.element?.clientHeight ?? 0) - this.headerHeight);
    // Behind another tab it has no height, and loses its place.
    if (height === 0 || height === this.viewHeight) return;
    this.viewHeight = height;
    this.moveTo(this.top);
  }

  private onScroll(): void {
    const { element } = this;
    if (!element || element.clientHeight === 0 || element.scrollTop === this.ownScrollTop) return;
    this.ownScrollTop = -1;
    this.top = element.scrollTop * this.scale;
    this.update();
  }

  /** Where a pixel of the scroll bar is many rows, the wheel is served here. */
  private onWheel(event: WheelEvent): void {
    if (!this.isScaled || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? this.rowHeight : event.deltaMode === 2 ? this.viewHeight : 1;
    this.moveTo(this.top + event.deltaY * unit);
  }

  private moveTo(top: number): void {
    this.top = Math.max(0, Math.min(top, this.fullHeight - this.viewHeight));
    if (this.element && this.element.clientHeight > 0) {
      this.element.scrollTop = this.top / this.scale;
      this.ownScrollTop = this.element.scrollTop;
    }
    this.update();
  }

  private update(): void {
    const { count, rowHeight, viewHeight } = this;
    const top = Math.max(0, Math.min(this.top, this.fullHeight - viewHeight));
    const scrollTop = this.isScaled ? Math.round(top / this.scale) : top;
    const next: RowView = {
      first: Math.max(0, Math.floor(top / rowHeight) - overscan),
      last: Math.min(count - 1, Math.ceil((top + viewHeight) / rowHeight) + overscan),
      shift: this.isScaled ? (this.ownScrollTop >= 0 ? this.ownScrollTop : scrollTop) - top : 0,
      bodyHeight: Math.min(highestBody, this.fullHeight),
      pageRows: Math.max(1, Math.floor(viewHeight / rowHeight)),
    };
    const { view } = this;
    const isSame = (Object.keys(next) as (keyof RowView)[]).every((key) => next[key] === view[key]);
    if (isSame) return;
    this.view = next;
    for (const listener of this.listeners) listener();
  }
}
