import { describe, expect, it } from 'vitest';
import type { VideoFrameTable } from '#shared/model/video';
import { countFrames, frameAt, nextDamaged, nextShown, packetsOfFrame, seekColumns, seekTarget } from './frames';

/** Five pictures a tenth of a second apart; the third is damaged and left out, as is the fourth. */
const frames: VideoFrameTable = {
  count: 5,
  timeSeconds: Float64Array.of(0, 0.1, 0.2, 0.3, 0.4),
  isKey: Uint8Array.of(1, 0, 0, 0, 1),
  isDamaged: Uint8Array.of(0, 0, 1, 0, 0),
  isShown: Uint8Array.of(1, 1, 0, 0, 1),
  lostPackets: Uint32Array.of(0, 0, 2, 0, 0),
  frameStart: Uint32Array.of(0, 2, 3, 5, 6, 8),
  frames: Uint32Array.of(10, 11, 14, 22, 20, 25, 30, 31),
};

describe('pictures of a video', () => {
  it('are found by time, to a tick of the file', () => {
    expect(frameAt(frames, 0)).toBe(0);
    expect(frameAt(frames, 0.0997)).toBe(1);
    expect(frameAt(frames, 0.0994)).toBe(0);
    expect(frameAt(frames, 9)).toBe(4);
  });

  it('stand until the next one that is shown', () => {
    expect(frameAt(frames, 0.25)).toBe(1);
    expect(frameAt(frames, 0.35)).toBe(1);
  });

  it('begin with the first that is shown', () => {
    expect(frameAt({ ...frames, isShown: Uint8Array.of(0, 1, 1, 1, 1) }, 0.02)).toBe(1);
    expect(frameAt({ ...frames, isShown: new Uint8Array(5) }, 0.02)).toBeNull();
  });

  it('are stepped through without those left out', () => {
    expect(nextShown(frames, 1, 1)).toBe(4);
    expect(nextShown(frames, 4, -1)).toBe(1);
    expect(nextShown(frames, 4, 1)).toBeNull();
    expect(nextDamaged(frames, 0, 1)).toBe(2);
    expect(nextDamaged(frames, 2, 1)).toBeNull();
  });

  it('are sought inside of themselves', () => {
    for (const index of [0, 1, 4]) expect(frameAt(frames, seekTarget(frames, index, 0.5))).toBe(index);
    const dense = { ...frames, timeSeconds: Float64Array.of(0, 0.002, 0.004, 0.006, 0.008) };
    for (const index of [0, 1, 4]) expect(frameAt(dense, seekTarget(dense, index, 0.01))).toBe(index);
    expect(seekTarget(frames, 4, 0.4)).toBe(0.4);
  });

  it('name their packets in the order of the capture', () => {
    expect([...packetsOfFrame(frames, 2)]).toEqual([20, 22]);
    expect([...packetsOfFrame(frames, 4)]).toEqual([30, 31]);
  });

  it('are counted', () => {
    expect(countFrames(frames)).toEqual({ key: 2, damaged: 1, left: 2, rate: 10 });
  });

  it('are laid over the seek bar, each in a column of its own at least', () => {
    const { key, damaged, held } = seekColumns(frames, 0.5, 10);
    expect([...key]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect([...damaged]).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
    expect([...held]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0]);
    expect([...seekColumns(frames, 0.5, 2).damaged]).toEqual([1, 0]);
    expect([...seekColumns(frames, 0, 3).key]).toEqual([1, 0, 0]);
  });
});
