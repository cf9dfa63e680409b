import { describe, expect, it } from 'vitest';
import { parseH264Sps } from './picture/h264-parameter-sets';
import { describeUnits, plain, unitsOf } from './testing/payloads';
import { h264ParameterSets } from './testing/video-packets';

const idr = [0x65, 0x88, 1, 2];
const slice = (mark: number): number[] => [0x41, 0x9a, mark];
const sized = (unit: readonly number[]): number[] => [0, unit.length, ...unit];

describe('H.264', () => {
  it('takes NAL units that come alone, aggregated and fragmented', () => {
    const units = unitsOf('h264', [
      [0, [0x78, ...sized([0x67, 1]), ...sized([0x68, 2])]],
      [0, [0x7c, 0x85, 0x88, 1]],
      [0, [0x7c, 0x05, 2, 3]],
      [0, [0x7c, 0x45, 4], true],
      [3000, slice(1), true],
    ]);
    expect(plain(units)).toEqual([
      [
        [0x67, 1],
        [0x68, 2],
        [0x65, 0x88, 1, 2, 3, 4],
      ],
      [slice(1)],
    ]);
    expect(units.map(({ isKey, isDamaged }) => [isKey, isDamaged])).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it('keeps the slices of a picture together whose marker stands on every packet', () => {
    const second = [0x41, 0x1a, 9];
    const units = unitsOf('h264', [
      [0, slice(1), true],
      [0, second, true],
      [3000, slice(2), true],
    ]);
    expect(plain(units)).toEqual([[slice(1), second], [slice(2)]]);
  });

  it('tells pictures apart whose timestamps are all the same', () => {
    const units = unitsOf('h264', [
      [0, idr, true],
      [0, slice(1), true],
      [0, slice(2), true],
    ]);
    expect(plain(units)).toEqual([[idr], [slice(1)], [slice(2)]]);
  });

  it('accepts as keys recovery points and I pictures behind parameter sets, and nothing else', () => {
    const recovery = [0x06, 6, 1, 0xc4, 0x80];
    const later = [0x06, 6, 1, 0x5c, 0x80];
    const intra = [0x41, 0x88 | 0x08, 0x80];
    const keys = unitsOf('h264', [
      [0, [0x78, ...sized(recovery), ...sized(slice(1))], true],
      [1, [0x78, ...sized(later), ...sized(slice(2))], true],
      [2, [0x78, ...sized([...h264ParameterSets[0]]), ...sized([0x41, 0b1011_0000, 0])], true],
      [3, intra, true],
    ]).map(({ isKey }) => isKey);
    expect(keys).toEqual([true, false, true, false]);
  });

  it('puts interleaved NAL units in decoding order (STAP-B, MTAP16, MTAP24, FU-B and FU-A)', () => {
    const fmtp = 'packetization-mode=2; sprop-interleaving-depth=3';
    const units = unitsOf(
      'h264',
      [
        // DON 65535 and 0: a STAP-B with two units.
        [0, [0x79, 0xff, 0xff, ...sized([0x67, 1]), ...sized(idr)]],
        // DON 3 comes before 2, in fragments.
        [9000, [0x5d, 0x81, 0, 3, 0x9a, 3]],
        [9000, [0x5c, 0x41, 0x33]],
        // MTAP16 of DON base 1: units 1 and 2 at offsets 3000 and 6000.
        [0, [0x5a, 0, 1, 0, 3, 0, 0x0b, 0xb8, ...slice(1), 0, 3, 1, 0x17, 0x70, ...slice(2)]],
        // MTAP24, DON 4.
        [9000, [0x5b, 0, 4, 0, 3, 0, 0, 0x0b, 0xb8, ...slice(4)]],
      ],
      { fmtp },
    );
    expect(units.map(({ timestamp }) => timestamp)).toEqual([0, 3000, 6000, 9000, 12_000]);
    expect(plain(units)).toEqual([[[0x67, 1], idr], [slice(1)], [slice(2)], [[0x41, 0x9a, 3, 0x33]], [slice(4)]]);
    expect(units[3].frames).toEqual([2, 3]);
  });

  it('reads size, profile, rate and reordering out of parameter sets', () => {
    // Written by x264: 352x288, High, 25 pictures a second, up to two pictures reordered.
    expect(parseH264Sps(h264ParameterSets[0])).toEqual({
      id: 0,
      width: 352,
      height: 288,
      profile: 'High',
      codecString: 'avc1.64000d',
      frameRate: 25,
      maxReorder: 2,
    });
    expect(parseH264Sps(h264ParameterSets[0].subarray(0, 6))).toBeNull();
  });

  it('knows signalled parameter sets, and says when there are none', () => {
    const fmtp = 'packetization-mode=1; sprop-parameter-sets=Z2QADazZQWCWwEQAAAMABAAAAwDIPFCmWA==,aOvssiw=; x=1';
    const inspector = describeUnits('h264', [], fmtp);
    expect(inspector?.description).toMatchObject({ width: 352, height: 288 });
    expect(inspector?.parameterSets).toEqual(h264ParameterSets);
    const none = describeUnits('h264', unitsOf('h264', [[0, slice(1), true]]), 'sprop-parameter-sets=%%%,');
    expect([none?.description, none?.parameterSets]).toEqual([null, []]);
  });
});
