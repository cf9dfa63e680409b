import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locatePacket } from './locate-packet';

function streamOf(times: readonly number[]) {
  let pages = 0;
  return {
    fetch: (offset: number, limit: number) => {
      pages++;
      const rows = times
        .slice(offset, offset + limit)
        .map((timeSeconds, index) => ({ id: `p${offset + index}`, timeSeconds }));
      return Promise.resolve({ totalRows: times.length, rows });
    },
    pages: () => pages,
    range: [times[0] ?? 0, times[times.length - 1] ?? 0] as const,
  };
}

describe('locatePacket', () => {
  it('finds the nearest packet of any stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 900 }),
        fc.double({ min: -10, max: 1010, noNaN: true }),
        async (unsorted, seconds) => {
          const times = unsorted.sort((a, b) => a - b);
          const stream = streamOf(times);
          const found = await locatePacket(stream.fetch, seconds, times.length, stream.range);
          const distance = Math.min(...times.map((time) => Math.abs(time - seconds)));
          expect(found).not.toBeNull();
          expect(Math.abs(times[found?.index ?? -1] - seconds)).toBe(distance);
          expect(found?.id).toBe(`p${found?.index}`);
        },
      ),
    );
  });

  it('needs few pages, however uneven the stream is', async () => {
    const even = streamOf(Array.from({ length: 100_000 }, (_, index) => index * 0.02));
    await locatePacket(even.fetch, 1234.5, 100_000, even.range);
    expect(even.pages()).toBeLessThanOrEqual(2);
    const uneven = streamOf(Array.from({ length: 100_000 }, (_, index) => 2 ** (index / 5000)));
    await locatePacket(uneven.fetch, 3, 100_000, uneven.range);
    expect(uneven.pages()).toBeLessThanOrEqual(24);
  });

  it('finds nothing where there is nothing', async () => {
    const empty = streamOf([]);
    expect(await locatePacket(empty.fetch, 1, 0, [0, 0])).toBeNull();
    expect(await locatePacket(() => Promise.resolve(null), 1, 10, [0, 1])).toBeNull();
  });
});
