import { describe, expect, it } from 'vitest';
import { parseH265Sps } from './picture/h265-parameter-sets';
import { describeUnits, plain, unitsOf } from './testing/payloads';
import { h265ParameterSets } from './testing/video-packets';

const idr = [19 << 1, 1, 0x80, 1];
const slice = (mark: number): number[] => [1 << 1, 1, 0x80, mark];
const sized = (unit: readonly number[]): number[] => [0, unit.length, ...unit];

describe('H.265', () => {
  it('takes NAL units that come alone, aggregated, fragmented, and behind a PACI header', () => {
    const units = unitsOf('h265', [
      [0, [48 << 1, 1, ...sized([32 << 1, 1, 9]), ...sized([33 << 1, 1, 8])]],
      [0, [49 << 1, 1, 0x80 | 19, 0x80, 1]],
      [0, [49 << 1, 1, 0x40 | 19, 2], true],
      // PACI: cType 1, an extension of 3 bytes.
      [3000, [50 << 1, 1, 1 << 1, 3 << 4, 7, 7, 7, ...slice(5).slice(2)], true],
    ]);
    expect(plain(units)).toEqual([
      [
        [64, 1, 9],
        [66, 1, 8],
        [38, 1, 0x80, 1, 2],
      ],
      [slice(5)],
    ]);
    expect(units.map(({ isKey }) => isKey)).toEqual([true, false]);
  });

  it('puts NAL units with decoding order numbers in order', () => {
    const fmtp = 'sprop-max-don-diff=2; sprop-depack-buf-nalus=2';
    const withOrder = (unit: readonly number[], don: number): number[] => [
      ...unit.slice(0, 2),
      0,
      don,
      ...unit.slice(2),
    ];
    const units = unitsOf(
      'h265',
      [
        [0, withOrder(idr, 10)],
        [9000, [49 << 1, 1, 0x80 | 1, 0, 13, 0x80]],
        [9000, [49 << 1, 1, 0x40 | 1, 3]],
        // Aggregation: DONL 11, then DOND 0 for 12.
        [3000, [48 << 1, 1, 0, 11, ...sized(slice(1)), 0, ...sized([1 << 1, 1, 0x00, 2])]],
      ],
      { fmtp },
    );
    expect(plain(units)).toEqual([[idr], [slice(1), [2, 1, 0, 2]], [slice(3)]]);
  });

  it('reads size, profile, rate and reordering out of parameter sets', () => {
    // Written by x265: 352x288, Main, 25 pictures a second.
    expect(parseH265Sps(h265ParameterSets[1])).toEqual({
      id: 0,
      width: 352,
      height: 288,
      profile: 'Main',
      codecString: 'hvc1.1.6.L60.90',
      frameRate: 25,
      maxReorder: 2,
    });
    const signalled =
      'sprop-vps=QAEMAf//AWAAAAMAkAAAAwAAAwA8lZgJ; ' +
      'sprop-sps=QgEBAWAAAAMAkAAAAwAAAwA8oAsIBIWWVmkkyvAWnCAAAAMAIAAAAwMh; sprop-pps=RAHBcrRiQA==';
    expect(describeUnits('h265', [], signalled)?.parameterSets).toEqual(h265ParameterSets);
    expect(describeUnits('h265', [])?.description).toBeNull();
  });
});
