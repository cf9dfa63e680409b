import { expect, it } from 'vitest';
import { parseH263Picture } from './picture/h263-picture';
import { findCodec } from './index';
import { plain, unitsOf } from './testing/payloads';

it('puts back the zeros of start codes and passes over redundancy', () => {
  const units = unitsOf('h263-1998', [
    [0, [0x04, 0, 0x80, 0x02, 0x0c, 1]],
    // V and PLEN 2: a byte of redundancy coding and a repeated picture header.
    [0, [0x02, 2 << 3, 0x55, 0xaa, 0xbb, 2]],
    // A GOB that begins byte-aligned has its zeros left out as well.
    [0, [0x04, 0, 0x84, 3], true],
  ]);
  expect(plain(units)).toEqual([[[0, 0, 0x80, 0x02, 0x0c, 1, 2, 0, 0, 0x84, 3]]]);
  expect(units[0].isKey).toBe(true);
  expect(findCodec('H263-2000')?.createDepacketizer).toBe(findCodec('H263-1998')?.createDepacketizer);
});

it('reads the extended picture type with a size of its own', () => {
  // PSC (22), TR (8), PTYPE 10000 111, UFEP 001, OPPTYPE (format 110), MPPTYPE (intra), CPM 0, CPFMT.
  const bits =
    `${'0'.repeat(16)}100000${'00000001'}10000111001` +
    `110${'0'.repeat(11)}1000` +
    `000000001` +
    '0' +
    `0010${(320 / 4 - 1).toString(2).padStart(9, '0')}1${(240 / 4).toString(2).padStart(9, '0')}`;
  const bytes = Uint8Array.from((bits.padEnd(160, '0').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  expect(parseH263Picture(bytes)).toEqual({ isIntra: true, size: [320, 240] });
  expect(parseH263Picture(bytes.subarray(1))).toBeNull();
});
