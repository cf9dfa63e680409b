import { describe, expect, it } from 'vitest';
import { defaultSettings, laneGains, meterShare, rootMeanSquare } from './audio-engine';

describe('laneGains', () => {
  const [left, right] = defaultSettings(2);
  it('plays what is not muted', () => {
    expect(laneGains([left, { ...right, isMuted: true }])).toEqual([1, 0]);
  });
  it('lets a solo silence the others, and be heard though muted', () => {
    expect(laneGains([left, { ...right, isSolo: true, isMuted: true }])).toEqual([0, 1]);
    expect(
      laneGains([
        { ...left, isSolo: true },
        { ...right, isSolo: true },
      ]),
    ).toEqual([1, 1]);
  });
});

describe('defaultSettings', () => {
  it('puts two directions into two ears', () => {
    expect(defaultSettings(1).map((lane) => lane.pan)).toEqual([0]);
    expect(defaultSettings(2).map((lane) => lane.pan)).toEqual([-1, 1]);
    expect(defaultSettings(3).map((lane) => lane.pan)).toEqual([-1, 1, 0]);
  });
});

describe('levels', () => {
  it('measures a full-scale sine as 1 / sqrt(2)', () => {
    const sine = Float32Array.from({ length: 800 }, (_, i) => Math.sin((2 * Math.PI * i) / 80));
    expect(rootMeanSquare(sine)).toBeCloseTo(Math.SQRT1_2, 6);
    expect(rootMeanSquare([])).toBe(0);
  });
  it('spans 60 dB', () => {
    expect(meterShare(0)).toBe(0);
    expect(meterShare(0.001)).toBe(0);
    expect(meterShare(1)).toBe(1);
    expect(meterShare(10 ** (-30 / 20))).toBeCloseTo(0.5, 9);
  });
});
