import '../testing/dom';
import { describe, expect, it } from 'vitest';
import { RowScroll } from './row-scroll';

const rowHeight = 24;
/** Of the rows alone, below a header of 20. */
const viewHeight = 480;

function scrollOver(count: number) {
  const element = document.createElement('div');
  Object.defineProperty(element, 'clientHeight', { value: viewHeight + 20 });
  const scroll = new RowScroll(rowHeight, 20);
  scroll.setCount(count);
  scroll.attach(element);
  /** Rows that lie wholly in the view, by where they are drawn. */
  const visible = (): number[] => {
    const { first, last, shift } = scroll.getView();
    const rows: number[] = [];
    for (let row = first; row <= last; row += 1) {
      const top = row * rowHeight + shift - element.scrollTop;
      if (top > -0.5 && top + rowHeight < viewHeight + 0.5) rows.push(row);
    }
    return rows;
  };
  return {
    element,
    scroll,
    visible,
    drag: (scrollTop: number) => {
      element.scrollTop = scrollTop;
      element.dispatchEvent(new Event('scroll'));
    },
    wheel: (deltaY: number) => {
      const event = new WheelEvent('wheel', { deltaY, cancelable: true });
      element.dispatchEvent(event);
      return event.defaultPrevented;
    },
  };
}

describe('RowScroll', () => {
  it('shows the rows at the scrolled place, and leaves the wheel to the browser', () => {
    const { drag, visible, scroll, wheel } = scrollOver(1000);
    expect(visible()).toEqual(Array.from({ length: 20 }, (_, i) => i));
    drag(2400);
    expect(visible()[0]).toBe(100);
    expect(scroll.getView().bodyHeight).toBe(24_000);
    expect(wheel(100)).toBe(false);
  });

  it('reaches every row of ten millions', () => {
    const count = 10_000_000;
    const { element, drag, visible, wheel, scroll } = scrollOver(count);
    const { bodyHeight } = scroll.getView();
    expect(bodyHeight).toBeLessThanOrEqual(10_000_000);
    drag(bodyHeight - viewHeight);
    expect(visible().at(-1)).toBe(count - 1);
    expect(wheel(-240)).toBe(true);
    expect(visible().at(-1)).toBe(count - 11);
    drag((bodyHeight - viewHeight) / 2);
    const middle = visible()[0];
    expect(Math.abs(middle - count / 2)).toBeLessThan(50);
    for (let i = 0; i < 10; i += 1) wheel(rowHeight);
    expect(visible()[0]).toBe(middle + 10);
    scroll.scrollToIndex(7_654_321);
    expect(visible().at(-1)).toBe(7_654_321);
    scroll.scrollToIndex(5);
    expect(visible()[0]).toBe(5);
    expect(element.scrollTop).toBeLessThan(10);
  });

  it('keeps its place while rows are added', () => {
    const { scroll, visible } = scrollOver(1_000_000);
    scroll.scrollToIndex(500_000);
    const before = visible();
    scroll.setCount(3_000_000);
    scroll.settle();
    expect(visible()).toEqual(before);
  });

  it('stays in range when rows go', () => {
    const { scroll, visible } = scrollOver(5000);
    scroll.scrollToIndex(4999);
    scroll.setCount(30);
    scroll.settle();
    expect(visible().at(-1)).toBe(29);
    scroll.setCount(0);
    scroll.settle();
    expect(scroll.getView()).toMatchObject({ first: 0, last: -1 });
  });
});
