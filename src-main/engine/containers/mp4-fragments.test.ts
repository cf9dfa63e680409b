import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FragmentReader, type Mp4Fragment, writeFragment } from './mp4-fragments';

const word = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const box = (type: string, ...content: readonly number[][]): number[] => {
  const body = content.flat();
  return [...word(8 + body.length), ...[...type].map((letter) => letter.charCodeAt(0)), ...body];
};
/** `ftyp` and a `moov` with a track of 90 000 ticks a second (ISO/IEC 14496-12, 8.4.2). */
const head = [
  ...box(
    'ftyp',
    [...'isom'].map((letter) => letter.charCodeAt(0)),
  ),
  ...box('moov', box('trak', box('mdia', box('mdhd', word(0), word(0), word(0), word(90_000), word(0), word(0))))),
];
const fragment: Mp4Fragment = {
  startTicks: 2 ** 33 + 5,
  samples: [
    { duration: 3000, bytes: 2, flags: 0x02000000 },
    { duration: 90_000, bytes: 1, flags: 0x01010000 },
  ],
  data: Uint8Array.of(1, 2, 3),
};

describe('fragments of MP4', () => {
  it('are read as they were written, whatever pieces they come in', () => {
    const file = Uint8Array.from([
      ...head,
      ...writeFragment(fragment, 1),
      ...box('free'),
      ...writeFragment(fragment, 2),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 12 }), (cuts) => {
        const reader = new FragmentReader();
        const places = [0, ...cuts.sort((a, b) => a - b), file.length];
        const read = places.slice(1).flatMap((end, i) => reader.push(file.slice(places[i], end)));
        expect(read).toEqual([fragment, fragment]);
        expect(reader.opening?.ticksPerSecond).toBe(90_000);
        expect([...(reader.opening?.bytes ?? [])]).toEqual(head);
      }),
    );
  });

  it('takes what a run leaves out from the defaults of the track', () => {
    const moof = box(
      'moof',
      box('mfhd', word(0), word(1)),
      box(
        'traf',
        // Sample description, duration, size and flags (8.8.7).
        box('tfhd', word(0x02003a), word(1), word(1), word(3000), word(2), word(0x01010000)),
        box('tfdt', word(0), word(7)),
        // Offset of the data, flags of the first sample (8.8.8).
        box('trun', word(0x000005), word(2), word(0), word(0x02000000)),
      ),
    );
    const [read] = new FragmentReader().push(Uint8Array.from([...head, ...moof, ...box('mdat', [1, 2, 3, 4])]));
    expect(read.startTicks).toBe(7);
    expect(read.samples).toEqual([
      { duration: 3000, bytes: 2, flags: 0x02000000 },
      { duration: 3000, bytes: 2, flags: 0x01010000 },
    ]);
  });

  it('of no MP4 are an error, and any bytes come to an end', () => {
    expect(() => new FragmentReader().push(new Uint8Array(8))).toThrow('not a fragmented MP4');
    const small = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(small, fc.constantFrom('moof', 'moov', 'mdat', 'ftyp'), (bytes, type) => {
        const reader = new FragmentReader();
        try {
          reader.push(Uint8Array.from([...head, ...box(type, [...bytes]), ...box('mdat', [...bytes])]));
          reader.push(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
