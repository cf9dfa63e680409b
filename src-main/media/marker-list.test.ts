import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MarkerEvent, MarkerList } from './marker-list';

const event = (
  kind: MarkerEvent['kind'],
  startSeconds: number,
  endSeconds = startSeconds,
  detail?: string,
): MarkerEvent => ({
  kind,
  startSeconds,
  endSeconds,
  detail,
  packets: 1,
  frame: Math.round(startSeconds * 1000),
});

function labels(events: readonly MarkerEvent[]): string[] {
  const list = new MarkerList();
  for (const one of events) list.add(one);
  return list
    .markers()
    .map(({ kind, label, startSeconds, endSeconds }) => `${kind} ${startSeconds}-${endSeconds} ${label}`);
}

describe('MarkerList', () => {
  it('merges neighbours of a kind and adds up their packets', () => {
    expect(
      labels([event('lost', 1, 1.02), event('lost', 1.04, 1.06), event('lost', 2, 2.02), event('reordered', 1.03)]),
    ).toEqual(['lost 1-1.06 2 packets lost', 'reordered 1.03-1.03 1 packet out of order', 'lost 2-2.02 1 packet lost']);
  });

  it('keeps digits apart, and silences of different reasons', () => {
    expect(
      labels([
        event('dtmf', 1, 1.1, '5'),
        event('dtmf', 1.12, 1.2, '5'),
        event('silence', 2, 3, 'Sender silent'),
        event('silence', 3, 4, 'Comfort noise'),
      ]),
    ).toEqual([
      'dtmf 1-1.1 DTMF 5',
      'dtmf 1.12-1.2 DTMF 5',
      'silence 2-3 Sender silent, 1.00 s',
      'silence 3-4 Comfort noise, 1.00 s',
    ]);
  });

  it('stays bounded and loses no packet, whatever is marked', () => {
    const kinds = fc.constantFrom<MarkerEvent['kind']>('lost', 'duplicate', 'dtmf');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 1, max: 60 }),
        kinds,
        (count, spacing, kind) => {
          const list = new MarkerList();
          for (let i = 0; i < count; i += 1) list.add(event(kind, i * spacing, i * spacing, '1'));
          const markers = list.markers();
          expect(markers.length).toBeLessThanOrEqual(2000);
          if (kind === 'dtmf') return;
          expect(markers.reduce((sum, { label }) => sum + Number.parseInt(label, 10), 0)).toBe(count);
        },
      ),
      { numRuns: 20 },
    );
  });
});
