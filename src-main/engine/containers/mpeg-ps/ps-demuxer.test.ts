import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adtsUnit, concatenate, h264Unit, pes } from '../mpeg-ts/testing/ts-builder';
import { PsDemuxer } from './ps-demuxer';
import { packHeader, pesPackets, programStreamMap, systemHeader } from './testing/ps-builder';

interface Found {
  readonly id: number;
  readonly bytes: string;
  readonly pts: number;
  readonly isDamaged: boolean;
  readonly isKey: boolean;
  readonly extents: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function collector(source: Uint8Array) {
  const units: Found[] = [];
  const demuxer = new PsDemuxer({
    onUnit({ info }, { bytes, start, end, extents, pts, isDamaged, isKey }) {
      const pieces = Array.from({ length: extents.count }, (_, i) => [extents.address[i], extents.length[i]] as const);
      const named = concatenate(pieces.filter(([a]) => a >= 0).map(([a, n]) => source.subarray(a, a + n)));
      const unit = hex(bytes.subarray(start, end));
      units.push({ id: info.streamId, bytes: unit, pts, isDamaged, isKey, extents: hex(named) });
    },
  });
  return { demuxer, units };
}

function demux(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]) {
  const found = collector(bytes);
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const end = Math.min(bytes.length, at + sizes[i % sizes.length]);
    found.demuxer.push(bytes, at, end, 1, 0, at);
    at = end;
  }
  found.demuxer.finish();
  return found;
}

/** Pictures of which each has a pack, those that begin anew with a map, and sound in between. */
function sample(pictures = 12, hasMap = true) {
  const packs: Uint8Array[] = [];
  const video: Uint8Array[] = [];
  const audio: Uint8Array[] = [];
  for (let i = 0; i < pictures; i += 1) {
    const unit = h264Unit(i % 4 === 0 ? 12_000 + i : 900 + 37 * i, i, i % 4 === 0);
    const sound = concatenate([adtsUnit(90 + i, i)]);
    video.push(unit);
    audio.push(sound);
    const time = 90_000 + 3600 * i;
    const head =
      i % 4 === 0 && hasMap
        ? [
            systemHeader(),
            programStreamMap([
              [0x1b, 0xe0],
              [0x0f, 0xc0],
            ]),
          ]
        : [];
    const parts = [packHeader(time, i % 3), ...head, pesPackets(unit, { pts: time })];
    packs.push(concatenate([...parts, pes(sound, { streamId: 0xc0, pts: time })]));
  }
  return { packs, video, audio, bytes: concatenate(packs) };
}

describe('a program stream', () => {
  const { bytes, video, audio } = sample();

  it('gives the units that were sent, with times and addresses, however it is cut', () => {
    const whole = demux(bytes);
    expect(whole.units.filter(({ id }) => id === 0xe0).map((u) => u.bytes)).toEqual(video.map(hex));
    expect(whole.units.filter(({ id }) => id === 0xc0).map((u) => u.bytes)).toEqual(audio.map(hex));
    expect(whole.units.filter(({ id }) => id === 0xe0).map(({ pts }) => pts)).toEqual(
      video.map((_, i) => 90_000 + 3600 * i),
    );
    for (const unit of whole.units) expect(unit).toMatchObject({ extents: unit.bytes, isDamaged: false });
    expect(whole.demuxer).toMatchObject({
      packs: 12,
      firstClock: 90_000,
      lastClock: 90_000 + 11 * 3600,
      strayBytes: 0,
    });
    expect(demux(bytes, [1]).units).toEqual(whole.units);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        expect(demux(bytes, sizes).units).toEqual(whole.units);
      }),
      { numRuns: 30 },
    );
  });

  it('is understood without a map, and named with one', () => {
    const plain = sample(6, false);
    const { demuxer, units } = demux(plain.bytes);
    expect(units.filter(({ id }) => id === 0xe0).map((u) => u.bytes)).toEqual(plain.video.map(hex));
    expect([...demuxer.streams.values()].map(({ info }) => info.name)).toEqual(['H.264', 'AAC (ADTS)']);
    const named = concatenate([
      packHeader(0),
      programStreamMap([
        [0x80, 0xe0],
        [0x90, 0xc0],
      ]),
      pes(new Uint8Array(100), { pts: 0 }),
      pes(new Uint8Array(160).fill(0xd5), { streamId: 0xc0, pts: 0 }),
      pes(new Uint8Array(160).fill(0x55), { streamId: 0xc0, pts: 1800 }),
    ]);
    const gb = demux(named);
    expect([...gb.demuxer.streams.values()].map(({ info }) => info.name)).toEqual(['SVAC video', 'G.711 A-law']);
    expect(gb.units.map(({ bytes: unit }) => unit.length / 2)).toEqual([160, 160]);
  });

  it('that lacks bytes has damage in exactly the units that lack them', () => {
    const many = sample(24);
    const starts = many.packs.reduce<number[]>((all, pack) => [...all, all[all.length - 1] + pack.length], [0]);
    fc.assert(
      fc.property(fc.nat(many.bytes.length - 1), fc.integer({ min: 1, max: 3000 }), (from, length) => {
        const end = Math.min(many.bytes.length, from + length);
        const { demuxer, units } = collector(many.bytes);
        demuxer.push(many.bytes, 0, from, 1, 0, 0);
        demuxer.gap(end - from);
        demuxer.push(many.bytes, end, many.bytes.length, 1, 0, end);
        demuxer.finish();
        const sent = new Set([...many.video, ...many.audio].map(hex));
        const intact = new Set(units.filter(({ isDamaged }) => !isDamaged).map((u) => u.bytes));
        for (const unit of intact) expect(sent.has(unit)).toBe(true);
        // A pack that is whole, and does not stand before the gap or its rest, gives whole units.
        many.video.forEach((unit, i) => {
          const isFar = starts[i + 1] < from || starts[i] > end + 20_000;
          if (isFar && i + 2 < many.video.length && starts[i + 2] < from) expect(intact.has(hex(unit))).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('may be anything without failing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 200 }),
        fc.nat(5000),
        (changes, gap) => {
          const copy = bytes.slice();
          for (const [at, value] of changes) copy[at] = value;
          const { demuxer } = collector(copy);
          demuxer.push(copy, 0, 7000, 1, 0, 0);
          demuxer.gap(gap);
          demuxer.push(copy, 7000, copy.length, 1, 0, 7000);
          demuxer.finish();
        },
      ),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => void demux(noise)),
      { numRuns: 200 },
    );
  });
});
