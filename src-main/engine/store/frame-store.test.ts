import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { FrameStore } from './frame-store';

function frameAt(fileOffset: number, extra: Partial<Frame> = {}): Frame {
  return Object.assign(new Frame(), { fileOffset, end: 60, wireLength: 60, linkType: 1, ...extra });
}

describe('FrameStore', () => {
  it('describes frames as they were, however far apart they lie', () => {
    const store = new FrameStore();
    const offsets = [40, 2 ** 33, 100, 2 ** 40 + 1];
    for (const [i, offset] of offsets.entries())
      store.append(frameAt(offset, { timeNs: -i * 1e9, wireLength: 1500 }), -1);
    const frame = new Frame();
    for (const [i, offset] of offsets.entries()) {
      store.describe(i + 1, frame);
      expect(frame).toMatchObject({ number: i + 1, fileOffset: offset, timeNs: -i * 1e9, end: 60, wireLength: 1500 });
      expect(store.flowOf(i + 1)).toBe(-1);
    }
  });

  it('chains the frames of each flow', () => {
    const store = new FrameStore();
    const flows = [3, 0, 3, -1, 0, 3];
    for (const flow of flows) store.append(frameAt(0), flow);
    const chain = (flow: number): number[] => {
      const numbers: number[] = [];
      for (let n = store.firstFrame(flow); n !== 0; n = store.nextFrame(n, flow)) numbers.push(n);
      return numbers;
    };
    expect(chain(3)).toEqual([1, 3, 6]);
    expect(chain(0)).toEqual([2, 5]);
    expect(chain(1)).toEqual([]);
    expect(chain(9)).toEqual([]);
    expect(flows.map((_, i) => store.flowOf(i + 1))).toEqual(flows);
  });

  it('chains frames with several packets in all their flows', () => {
    const store = new FrameStore();
    const frames = [[1], [2, 1, 1], [1, 2, -1, 2], [-1, 3], [2], [3, 2]];
    for (const [first, ...further] of frames) {
      store.append(frameAt(0), first);
      for (const flow of further) store.appendFurther(flow);
    }
    for (const flow of [1, 2, 3]) {
      const numbers: number[] = [];
      for (let n = store.firstFrame(flow); n !== 0; n = store.nextFrame(n, flow)) numbers.push(n);
      expect(numbers).toEqual(frames.flatMap((flows, i) => (flows.includes(flow) ? [i + 1] : [])));
    }
    expect(frames.map((flows, i) => flows.map((_, ordinal) => store.flowOf(i + 1, ordinal)))).toEqual(frames);
    expect(store.flowOf(1, 1)).toBe(-1);
  });

  it('remembers changing link types over many frames', () => {
    const store = new FrameStore();
    const linkTypes = [1, 1, 113, 1, 276];
    for (let i = 0; i < 70_000; i += 1) store.append(frameAt(i, { linkType: linkTypes[Math.floor(i / 14_000)] }), -1);
    const frame = new Frame();
    for (const number of [1, 14_000, 14_001, 28_001, 42_000, 42_001, 56_001, 70_000]) {
      store.describe(number, frame);
      expect(frame.linkType, `frame ${number}`).toBe(linkTypes[Math.floor((number - 1) / 14_000)]);
      expect(frame.fileOffset).toBe(number - 1);
    }
  });
});
