import { describe, expect, it } from 'vitest';
import { beginDrag, loopEdgeAt } from './gestures';

const at = (x: number) => ({ x, seconds: x / 100, pixelsPerSecond: 100 });
const loop = { startSeconds: 1, endSeconds: 2 };

describe('beginDrag', () => {
  it('is a click until it moves', () => {
    const drag = beginDrag(null, at(100));
    expect(drag.move(at(102))).toBeNull();
    expect(drag.move(at(110))).toEqual({ startSeconds: 1, endSeconds: 1.1 });
    expect(drag.move(at(101))).toEqual({ startSeconds: 1, endSeconds: 1.01 });
  });
  it('draws backwards as well', () => {
    expect(beginDrag(null, at(100)).move(at(50))).toEqual({ startSeconds: 0.5, endSeconds: 1 });
  });
  it('moves the edge that it took hold of, also past the other one', () => {
    expect(beginDrag(loop, at(203)).move(at(250))).toEqual({ startSeconds: 1, endSeconds: 2.5 });
    expect(beginDrag(loop, at(98)).move(at(250))).toEqual({ startSeconds: 2, endSeconds: 2.5 });
  });
});

it('finds an edge only near it', () => {
  expect(loopEdgeAt(loop, at(104))).toBe('start');
  expect(loopEdgeAt(loop, at(150))).toBeNull();
  expect(loopEdgeAt(null, at(100))).toBeNull();
});
