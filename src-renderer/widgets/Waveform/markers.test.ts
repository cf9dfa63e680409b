import { describe, expect, it } from 'vitest';
import type { MarkerKind, PlayerMarker } from '#shared/model/player';
import { markerAt, markerOrder, markerTitles, neighbourMarker } from './markers';

const marker = (kind: MarkerKind, startSeconds: number, endSeconds = startSeconds): PlayerMarker => ({
  kind,
  startSeconds,
  endSeconds,
  label: kind,
  frame: 1,
});

describe('markerAt', () => {
  it('reaches a few pixels beyond, so that a point can be hit', () => {
    const markers = [marker('duplicate', 1)];
    expect(markerAt(markers, 1.03, 100)).toBe(markers[0]);
    expect(markerAt(markers, 1.05, 100)).toBeNull();
  });
  it('prefers what is drawn on top', () => {
    const lost = marker('lost', 1, 2);
    expect(markerAt([lost, marker('silence', 1, 2)], 1.5, 100)).toBe(lost);
  });
});

describe('neighbourMarker', () => {
  const markers = [marker('lost', 3), marker('dtmf', 1), marker('lost', 2)];
  it('steps through all markers in both directions', () => {
    expect(neighbourMarker(markers, 0, 'next')?.startSeconds).toBe(1);
    expect(neighbourMarker(markers, 1, 'next')?.startSeconds).toBe(2);
    expect(neighbourMarker(markers, 3, 'next')).toBeNull();
    expect(neighbourMarker(markers, 3, 'previous')?.startSeconds).toBe(2);
    expect(neighbourMarker(markers, 1, 'previous')).toBeNull();
  });
});

it('orders and names every kind once', () => {
  expect([...markerOrder].sort()).toEqual(Object.keys(markerTitles).sort());
});
