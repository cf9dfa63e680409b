import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtentReader } from '../../bytes/extent-reader';
import { Extents } from '../../bytes/extents';
import { type Mp4TrackInfo, visitMp4 } from './index';
import { fragmentedFile, type TestSample } from './testing/mp4-builder';

const samples: readonly TestSample[] = [
  { size: 40, duration: 3000, shift: 6000, isKey: true },
  { size: 10, duration: 3000, shift: 12_000, isKey: false },
  { size: 20, duration: 3000, shift: 0, isKey: false },
  { size: 33, duration: 3000, shift: 3000, isKey: true },
];

interface Seen {
  readonly decode: number;
  readonly composition: number;
  readonly isKey: boolean;
  readonly bytes: readonly number[];
}

function read(file: Uint8Array, holes: readonly (readonly [number, number])[] = []) {
  const extents = new Extents();
  let at = 0;
  for (const [from, to] of holes) {
    extents.push(at, from - at);
    extents.pushGap(to - from);
    at = to;
  }
  extents.push(at, file.length - at);
  const source = {
    read: (address: number, target: Uint8Array) => {
      const part = file.subarray(address, address + target.length);
      target.set(part);
      return part.length;
    },
  };
  const reader = new ExtentReader(source, extents);
  const tracks: Mp4TrackInfo[] = [];
  const seen: Seen[] = [];
  visitMp4(reader, {
    onTrack: (track) => tracks.push(track),
    onSample: (_, decode, composition, isKey, offset, size) => {
      const bytes = size < 1000 ? [...reader.read(offset, size)] : [];
      seen.push({ decode, composition, isKey, bytes });
    },
  });
  return { tracks, seen };
}

describe('visitMp4', () => {
  it('reads fragments: times, keys and bytes', () => {
    const { file, payload } = fragmentedFile([samples.slice(0, 2), samples.slice(2)]);
    const { tracks, seen } = read(file);
    expect(tracks).toMatchObject([
      { id: 1, kind: 'video', codec: 'H264', framing: 'length-prefixed', timescale: 90_000, width: 320, height: 240 },
    ]);
    expect([...(tracks[0].config ?? [])]).toEqual([1, 66, 0, 30]);
    expect(seen.map(({ decode, composition, isKey }) => [decode, composition, isKey])).toEqual([
      [0, 6000, true],
      [3000, 15_000, false],
      [6000, 6000, false],
      [9000, 12_000, true],
    ]);
    expect(seen.flatMap(({ bytes }) => bytes)).toEqual(payload);
  });

  it('finds the fragments behind a hole', () => {
    const { file, starts } = fragmentedFile([samples, samples, samples]);
    const { seen } = read(file, [[starts[1] + 4, starts[1] + 30]]);
    expect(seen).toHaveLength(8);
    expect(seen[4].decode).toBe(24_000);
  });

  it('never throws, whatever is changed', () => {
    const { file } = fragmentedFile([samples, samples]);
    const change = fc.record({ at: fc.nat(file.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(file.length), (changes, length) => {
        const broken = file.slice(0, length);
        for (const { at, to } of changes) if (at < length) broken[at] = to;
        read(broken);
      }),
    );
  });
});
