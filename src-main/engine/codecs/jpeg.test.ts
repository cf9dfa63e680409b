import { describe, expect, it } from 'vitest';
import { describeUnits, unitsOf } from './testing/payloads';

const header = (offset: number, type: number, q: number): number[] => [
  0,
  0,
  offset >> 8,
  offset & 0xff,
  type,
  q,
  44,
  36,
];
const tables = Array.from({ length: 128 }, (_, i) => i + 1);

/** Segments of a JPEG file by marker, each with its bytes behind the length. */
function segments(bytes: Uint8Array): Map<number, number[][]> {
  const found = new Map<number, number[][]>();
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    found.set(bytes[at + 1], [...(found.get(bytes[at + 1]) ?? []), [...bytes.subarray(at + 4, at + 2 + length)]]);
    if (bytes[at + 1] === 0xda) break;
    at += 2 + length;
  }
  return found;
}

describe('JPEG', () => {
  it('scales the tables of qualities below 100 as RFC 2435 does', () => {
    const [half] = unitsOf('jpeg', [[0, [...header(0, 1, 50), 1, 2], true]]);
    const quantization = segments(half.units[0]).get(0xdb);
    expect(quantization?.map((table) => table.slice(0, 5))).toEqual([
      [0, 16, 11, 12, 14],
      [1, 17, 18, 18, 24],
    ]);
    const [fine] = unitsOf('jpeg', [[0, [...header(0, 1, 99), 1], true]]);
    expect(segments(fine.units[0]).get(0xdb)?.[0].slice(0, 5)).toEqual([0, 1, 1, 1, 1]);
    const [coarse] = unitsOf('jpeg', [[0, [...header(0, 1, 1), 1], true]]);
    expect(segments(coarse.units[0]).get(0xdb)?.[0].slice(1, 4)).toEqual([255, 255, 255]);
  });

  it('takes tables from the packets, keeps them by quality, and not those of 255', () => {
    const inBand = (q: number, bytes: readonly number[]): number[] => [
      ...header(0, 0, q),
      0,
      0,
      0,
      bytes.length,
      ...bytes,
      7,
    ];
    const units = unitsOf('jpeg', [
      [0, inBand(200, tables), true],
      [1, inBand(200, []), true],
      [2, inBand(255, tables), true],
      [3, inBand(255, []), true],
      [4, inBand(201, []), true],
    ]);
    expect(units.map(({ isDamaged }) => isDamaged)).toEqual([false, false, false, true, true]);
    expect(units[1].units[0]).toEqual(units[0].units[0]);
    expect(segments(units[0].units[0]).get(0xdb)?.flat()).toEqual([0, ...tables.slice(0, 64), 1, ...tables.slice(64)]);
    // 4:2:2 has half the colour across.
    expect(segments(units[0].units[0]).get(0xc0)?.[0].slice(0, 9)).toEqual([8, 1, 32, 1, 96, 3, 0, 0x21, 0]);
    expect(describeUnits('jpeg', units)?.description).toMatchObject({ width: 352, height: 288 });
  });

  it('takes 16-bit tables and a single one for all components', () => {
    const wide = Array.from({ length: 128 }, () => 3);
    const [mixed] = unitsOf('jpeg', [
      [0, [...header(0, 1, 255), 0, 1, 0, 192, ...wide, ...tables.slice(0, 64), 7], true],
    ]);
    expect(
      segments(mixed.units[0])
        .get(0xdb)
        ?.map(([id, ...rest]) => [id, rest.length]),
    ).toEqual([
      [0x10, 128],
      [1, 64],
    ]);
    const [single] = unitsOf('jpeg', [[0, [...header(0, 1, 255), 0, 0, 0, 64, ...tables.slice(0, 64), 7], true]]);
    expect(segments(single.units[0]).get(0xc0)?.[0].slice(6)).toEqual([0, 0x22, 0, 1, 0x11, 0, 2, 0x11, 0]);
  });

  it('tells the interval of restart markers, and joins pieces by their offsets', () => {
    const restart = [0, 22, 0xff, 0xff];
    const units = unitsOf('jpeg', [
      [0, [...header(0, 65, 60), ...restart, 1, 2]],
      [0, [...header(2, 65, 60), ...restart, 3, 0xff, 0xd9], true],
      [1, [...header(0, 65, 60), ...restart, 1, 2]],
      [1, [...header(5, 65, 60), ...restart, 3], true],
    ]);
    expect(segments(units[0].units[0]).get(0xdd)).toEqual([[0, 22]]);
    expect([...units[0].units[0].subarray(-5)]).toEqual([1, 2, 3, 0xff, 0xd9]);
    expect(units.map(({ isDamaged }) => isDamaged)).toEqual([false, true]);
  });

  it('refuses types that were never defined and sides of no length', () => {
    const units = unitsOf('jpeg', [
      [0, [...header(0, 2, 60), 1], true],
      [1, [0, 0, 0, 0, 1, 60, 0, 36, 1], true],
      [2, [...header(0, 1, 0), 1], true],
    ]);
    expect(units.map(({ isDamaged, units: all }) => [isDamaged, all.length])).toEqual(Array(3).fill([true, 0]));
  });
});
