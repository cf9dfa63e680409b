import { describe, expect, it } from 'vitest';
import { bufferModel } from './playback-model';

describe('bufferModel', () => {
  it('fills while segments come faster than they play', () => {
    const model = bufferModel([0, 1, 2].map((arrivedSeconds) => ({ arrivedSeconds, durationSeconds: 4 })));
    expect(model).toEqual([
      { bufferSeconds: 4, stalledSeconds: 0 },
      { bufferSeconds: 7, stalledSeconds: 0 },
      { bufferSeconds: 10, stalledSeconds: 0 },
    ]);
  });

  it('waits for a segment that comes too late, and goes on from there', () => {
    const model = bufferModel([
      { arrivedSeconds: 10, durationSeconds: 2 },
      { arrivedSeconds: 15, durationSeconds: 2 },
      { arrivedSeconds: 16, durationSeconds: 2 },
    ]);
    expect(model[1]).toEqual({ bufferSeconds: 2, stalledSeconds: 3 });
    expect(model[2]).toEqual({ bufferSeconds: 3, stalledSeconds: 0 });
  });
});
