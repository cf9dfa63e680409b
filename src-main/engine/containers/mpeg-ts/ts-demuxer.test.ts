import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32Mpeg } from './crc32-mpeg';
import { type CollectedUnit, collector, demux, unitsOf } from './testing/demux';
import {
  adtsUnit,
  concatenate,
  h264Unit,
  patSection,
  pes,
  pmtSection,
  sampleStream,
  sdtSection,
  TsBuilder,
} from './testing/ts-builder';
import { TsDemuxer } from './ts-demuxer';

const plain = ({ pieces: _, frame: _f, ...unit }: CollectedUnit) => ({
  ...unit,
  bytes: Buffer.from(unit.bytes).toString('hex'),
});

/** Units without what splitting the input changes: pieces are checked by the bytes that they name. */
function comparable(units: readonly CollectedUnit[], source: Uint8Array) {
  return units.map((unit) => {
    const named = concatenate(unit.pieces.filter(([a]) => a >= 0).map(([a, n]) => source.subarray(a, a + n)));
    expect(Buffer.from(named).equals(Buffer.from(unit.bytes))).toBe(true);
    return plain(unit);
  });
}

it('has the CRC of the standard', () => {
  // The check value of CRC-32/MPEG-2.
  const bytes = Uint8Array.from([...'123456789'].map((digit) => digit.charCodeAt(0)));
  expect(crc32Mpeg(bytes, 0, bytes.length)).toBe(0x0376e6e7);
});

describe('access units', () => {
  const { bytes, video, audio } = sampleStream();

  it('are those that were sent, with their times and where they lie', () => {
    const { demuxer, units } = demux(bytes);
    const pictures = unitsOf(units, 256);
    expect(pictures.map((u) => Buffer.from(u.bytes))).toEqual(video.map(({ unit }) => Buffer.from(unit)));
    expect(pictures.map(({ isKey }) => isKey)).toEqual(video.map((_, i) => i % 5 === 0));
    expect(pictures[3]).toMatchObject({ pts: 90_000 + 3 * 3600 + 7200, dts: 90_000 + 3 * 3600, isDamaged: false });
    const frames = unitsOf(units, 257);
    expect(frames.map((u) => Buffer.from(u.bytes))).toEqual(audio.map(({ unit }) => Buffer.from(unit)));
    expect(frames[0].pts).toBe(90_000);
    // Only the first frame of a PES packet has its time; the others follow by their length.
    expect(frames[1].pts).toBeNaN();
    expect(frames[1].duration).toBe(1920);
    expect(units.filter(({ isDamaged }) => isDamaged)).toEqual([]);
    comparable(units, bytes);
    expect(demuxer.checks.total(1)).toBe(0);
    expect(demuxer.checks.total(2)).toBe(0);
  });

  it('are the same however the bytes are cut', () => {
    const whole = comparable(demux(bytes).units, bytes);
    const { demuxer, units } = collector();
    for (let at = 0; at < bytes.length; at += 1) demuxer.push(bytes, at, at + 1, 1, 0, at);
    demuxer.finish();
    expect(comparable(units, bytes)).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const cut = collector();
        for (let at = 0, i = 0; at < bytes.length; i += 1) {
          const end = Math.min(bytes.length, at + sizes[i % sizes.length]);
          cut.demuxer.push(bytes, at, end, 1, 0, at);
          at = end;
        }
        cut.demuxer.finish();
        expect(comparable(cut.units, bytes)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it.each([192, 204])('come out of packets of %i bytes', (stride) => {
    const source = concatenate(
      Array.from({ length: bytes.length / 188 }, (_, i) => {
        const packet = bytes.subarray(188 * i, 188 * i + 188);
        const more = new Uint8Array(stride - 188).fill(i);
        return concatenate(stride === 192 ? [more, packet] : [packet, more]);
      }),
    );
    const { demuxer, units } = demux(source);
    expect(demuxer.sync.stride).toBe(stride);
    expect(units.map((u) => plain(u))).toEqual(demux(bytes).units.map((u) => plain(u)));
  });

  it('are found behind noise, and again after it', () => {
    const noise = Uint8Array.from({ length: 1000 }, (_, i) => (i * 89 + 7) & 0xff);
    const half = 188 * Math.floor(bytes.length / 376);
    const { demuxer, units } = demux(concatenate([noise, bytes.subarray(0, half), noise, bytes.subarray(half)]));
    const intact = units.filter(({ isDamaged }) => !isDamaged).length;
    expect(intact).toBeGreaterThan(video.length + audio.length - 4);
    expect(demuxer.checks.get('syncLoss').count).toBe(1);
  });

  it('of several in a PES packet, or one in several, are told apart by their start codes', () => {
    const builder = new TsBuilder().program(1, 0x1000, 256, [{ pid: 256, streamType: 0x1b }]);
    const units = [0, 1, 2, 3, 4].map((i) => h264Unit(300 + i, i, i === 0));
    builder.pes(256, pes(concatenate([units[0], units[1]]), { pts: 1000, isUnbounded: true }));
    builder.pes(256, pes(units[2].subarray(0, 100), { pts: 8200 }));
    builder.pes(256, pes(concatenate([units[2].subarray(100), units[3]]), { pts: 11_800 }));
    builder.pes(256, pes(units[4], { pts: 15_400 }));
    const found = demux(builder.bytes()).units;
    expect(found.map((u) => Buffer.from(u.bytes))).toEqual(units.map((u) => Buffer.from(u)));
    // A time belongs to the first unit that begins in its packet (2.4.3.7).
    expect(found.map(({ pts }) => pts)).toEqual([1000, Number.NaN, 8200, 11_800, 15_400]);
  });
});

describe('damage', () => {
  it('is told of exactly those units that lack packets', () => {
    for (const isUnbounded of [true, false]) {
      const { builder, video, audio } = sampleStream(40, isUnbounded);
      const { packets } = builder;
      fc.assert(
        fc.property(fc.uniqueArray(fc.nat(packets.length - 1), { maxLength: 12 }), (lost) => {
          const gone = new Set(lost);
          const { units } = demux(concatenate(packets.filter((_, i) => !gone.has(i))));
          const isIntact = (unit: { first: number; last: number }): boolean =>
            !lost.some((i) => i >= unit.first && i <= unit.last);
          const intact = units.filter(({ isDamaged }) => !isDamaged).map((u) => Buffer.from(u.bytes).toString('hex'));
          const sent = new Set([...video, ...audio].map(({ unit }) => Buffer.from(unit).toString('hex')));
          // Nothing that lacks bytes passes for whole.
          for (const unit of intact) expect(sent.has(unit)).toBe(true);
          // Pictures that lack nothing are whole; a program map that is lost loses no pictures.
          const found = new Set(intact);
          for (const unit of video.slice(1, -1)) {
            if (isIntact(unit) && !gone.has(0) && !gone.has(1))
              expect(found.has(Buffer.from(unit.unit).toString('hex'))).toBe(true);
          }
        }),
        { numRuns: 150 },
      );
    }
  });

  it('of a lost middle has a hole in it', () => {
    const builder = new TsBuilder().program(1, 0x1000, 256, [{ pid: 256, streamType: 0x1b }]);
    const units = [h264Unit(900, 0, true), h264Unit(900, 1), h264Unit(900, 2)];
    for (const unit of units) builder.pes(256, pes(unit, { pts: 0, isUnbounded: true }));
    const { packets } = builder;
    const { demuxer, units: found } = demux(concatenate(packets.filter((_, i) => i !== 9)));
    expect(found.map(({ isDamaged, missing }) => [isDamaged, missing])).toEqual([
      [false, 0],
      [true, 184],
      [false, 0],
    ]);
    expect(found[1].pieces.filter(([address]) => address < 0)).toEqual([[-1, 184]]);
    expect(demuxer.checks.get('continuity').count).toBe(1);
    expect(demuxer.pid(256)).toMatchObject({ continuityErrors: 1, lostPackets: 1 });
  });

  it('of audio stays with the frame that lacks bytes', () => {
    const builder = new TsBuilder().program(1, 0x1000, 257, [{ pid: 257, streamType: 0x0f }]);
    const frames = [0, 1, 2, 3].map((i) => adtsUnit(300, i));
    builder.pes(257, pes(concatenate(frames), { streamId: 0xc0, pts: 0 }));
    builder.pes(257, pes(adtsUnit(10, 9), { streamId: 0xc0, pts: 7680 }));
    // The third packet of the PES packet lies within its second frame.
    const found = demux(concatenate(builder.packets.filter((_, i) => i !== 4))).units;
    expect(found.map(({ isDamaged }) => isDamaged)).toEqual([false, true, false, false, false]);
    expect(found[1].missing).toBe(184);
    expect(Buffer.from(found[2].bytes)).toEqual(Buffer.from(frames[2]));
  });

  it('comes of packets marked as broken, not of duplicates or announced jumps', () => {
    const { builder } = sampleStream(6);
    const broken = builder.packets.map((packet, i) => {
      const copy = packet.slice();
      if (i === 4) copy[1] |= 0x80;
      return copy;
    });
    const { demuxer, units } = demux(concatenate(broken));
    expect(demuxer.transportErrors).toBe(1);
    expect(units.filter(({ isDamaged }) => isDamaged)).toHaveLength(1);
    const twice = demux(concatenate(builder.packets.flatMap((packet) => [packet, packet])));
    expect(twice.units.map((u) => plain(u))).toEqual(demux(builder.bytes()).units.map((u) => plain(u)));
    expect(twice.demuxer.checks.get('continuity').count).toBe(0);
    expect(twice.demuxer.pid(256)?.duplicates).toBe(
      builder.packets.filter((p) => p[1] % 32 === 1 && p[2] === 0).length,
    );
    const thrice = demux(concatenate(builder.packets.flatMap((packet) => [packet, packet, packet])));
    expect(thrice.demuxer.checks.get('continuity').count).toBe(builder.packets.length);
  });

  it('comes of bytes that the caller knows to be lost', () => {
    const { bytes } = sampleStream(10);
    const { demuxer, units } = collector();
    demuxer.push(bytes, 0, 1500, 1, 0, 0);
    demuxer.gap(777);
    demuxer.push(bytes, 2277, bytes.length, 2, 0, 2277);
    demuxer.finish();
    const sent = new Set(demux(bytes).units.map((u) => Buffer.from(u.bytes).toString('hex')));
    expect(units.some(({ isDamaged }) => isDamaged)).toBe(true);
    for (const unit of units) if (!unit.isDamaged) expect(sent.has(Buffer.from(unit.bytes).toString('hex'))).toBe(true);
    expect(demuxer.sync.cutPackets).toBe(1);
  });
});

describe('tables', () => {
  it('that span packets and change are followed', () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      pid: 300 + i,
      streamType: 0x06,
      descriptors: [0x0a, 4, 100, 101, 117, 0],
    }));
    const builder = new TsBuilder();
    builder.sections(
      0,
      patSection([
        [0, 0x10],
        [7, 0x100],
        [8, 0x101],
      ]),
    );
    builder.sections(0x100, pmtSection(7, 300, many));
    expect(builder.packets.length).toBeGreaterThan(2);
    builder.sections(0x101, pmtSection(8, 400, [{ pid: 400, streamType: 0x1b }]));
    builder.pes(400, pes(h264Unit(200, 1, true), { pts: 0 }));
    builder.sections(
      0x101,
      pmtSection(
        8,
        401,
        [
          { pid: 401, streamType: 0x24 },
          { pid: 402, streamType: 0x86 },
        ],
        1,
      ),
    );
    const { demuxer, units } = demux(builder.bytes());
    expect(demuxer.programs.get(7)?.streams).toHaveLength(40);
    expect(demuxer.programs.get(7)?.streams[0].info).toMatchObject({ language: 'deu', name: 'private data' });
    expect(demuxer.programs.get(8)?.streams.map(({ info }) => info.name)).toEqual([
      'H.265',
      'SCTE-35 splice information',
    ]);
    expect(units).toHaveLength(1);
  });

  it('are named by descriptors where a stream type says nothing', () => {
    const registration = (id: string): number[] => [5, 4, ...[...id].map((letter) => letter.charCodeAt(0))];
    const cases: readonly (readonly [
      type: number,
      descriptors: readonly number[],
      name: string,
      codec: string | null,
    ])[] = [
      [0x06, registration('AC-3'), 'AC-3', 'AC3'],
      [0x06, [0x7a, 1, 0], 'E-AC-3', 'EAC3'],
      [0x06, [...registration('Opus'), 0x7f, 2, 0x80, 2], 'Opus', 'OPUS'],
      [0x06, [0x59, 8, 101, 110, 103, 0x10, 0, 1, 0, 1], 'DVB subtitles', null],
      [0x06, [0x56, 5, 101, 110, 103, 8, 0], 'teletext', null],
      [0x15, [0x26, 13, 0xff, 0xff, 73, 68, 51, 32, 0xff, 73, 68, 51, 32, 0, 0x0f], 'ID3 metadata', null],
      [0x86, registration('CUEI'), 'SCTE-35 splice information', null],
      [0x11, [], 'AAC (LATM)', 'AAC-LATM'],
      [0x02, registration('XXXX'), 'MPEG-2 video', 'MPV'],
      [0xc9, [], 'stream type 0xc9', null],
    ];
    const streams = cases.map(([streamType, descriptors], i) => ({ pid: 500 + i, streamType, descriptors }));
    const { demuxer } = demux(new TsBuilder().program(1, 0x1000, 500, streams).bytes());
    const found = demuxer.programs.get(1)?.streams.map(({ info }) => [info.name, info.codec]);
    expect(found).toEqual(cases.map(([, , name, codec]) => [name, codec]));
  });

  it('tell names of services in several alphabets', () => {
    const names: readonly (readonly [readonly number[] | string, string])[] = [
      ['News', 'News'],
      // Default Latin: the accent stands before its letter.
      [[0xc8, 0x4f, 0x73, 0x74, 0xc2, 0x65, 0xfb, 0xa4], 'Östéß€'],
      [[0x15, 0xc3, 0xa9, 0xe4, 0xb8, 0xad], 'é中'],
      [[0x01, 0xb0, 0xb1], 'АБ'],
      [[0x10, 0x00, 0x02, 0xa3], 'Ł'],
      [[0x86, 0x41, 0x87, 0x42], 'AB'],
    ];
    const builder = new TsBuilder();
    builder.sections(0, patSection(names.map((_, i) => [i + 1, 0x100 + i])));
    builder.sections(0x11, sdtSection(names.map(([name], i) => ({ service: i + 1, name }))));
    const { demuxer } = demux(builder.bytes());
    expect([...demuxer.programs.values()].map(({ name }) => name)).toEqual(names.map(([, name]) => name));
    expect(demuxer.programs.get(1)?.provider).toBe('Provider');
  });

  it('with a wrong CRC are not believed', () => {
    const builder = new TsBuilder().program(1, 0x1000, 256, [{ pid: 256, streamType: 0x1b }]);
    builder.packets[1][20] ^= 1;
    const { demuxer } = demux(builder.bytes());
    expect(demuxer.programs.get(1)?.version).toBe(-1);
    expect(demuxer.checks.get('crc').count).toBe(1);
  });
});

describe('clocks and checks', () => {
  it('count what comes too late, by the time of arrival', () => {
    const { packets } = sampleStream(10).builder;
    const demuxer = new TsDemuxer();
    packets.forEach((packet, i) => demuxer.push(packet, 0, 188, i + 1, i * 1e8, 188 * i));
    demuxer.finish();
    const pats = packets.flatMap((packet, i) => (packet[1] % 32 === 0 && packet[2] === 0 ? [i] : []));
    expect(pats).toHaveLength(2);
    expect(demuxer.checks.get('pat')).toMatchObject({ count: 2, firstFrame: pats[1] + 1 });
    expect(demuxer.checks.get('pmt').count).toBe(2);
  });

  it('measure the program clock', () => {
    const step = 27_000_000 / 50;
    const run = (timeOf: (i: number) => number, valueOf = (i: number) => i * step) => {
      const builder = new TsBuilder().program(1, 0x1000, 256, [{ pid: 256, streamType: 0x1b }]);
      const first = builder.packets.length;
      for (let i = 0; i < 200; i += 1) builder.pes(256, pes(h264Unit(100, i, true), { pts: i * 1800 }), valueOf(i));
      const demuxer = new TsDemuxer();
      builder.packets.forEach((packet, i) =>
        demuxer.push(packet, 0, 188, i + 1, timeOf(Math.max(0, i - first)), 188 * i),
      );
      demuxer.finish();
      return demuxer;
    };
    // 100 ppm faster than the capture, every second reading 2 ms late.
    const late = run((i) => i * 20e6 * (1 - 1e-4) + (i % 2) * 2e6);
    expect(late.checks.total(2)).toBe(0);
    const log = late.pid(256)?.pcr;
    expect(log?.count).toBe(200);
    expect(log?.jitter()?.peakToPeakMs).toBeCloseTo(2, 1);
    expect(Math.abs((log?.jitter()?.driftPpm ?? 0) - 100)).toBeLessThan(10);
    const jumping = run(
      (i) => i * 20e6,
      (i) => i * step + (i >= 100 ? 27_000_000 : 0),
    );
    expect(jumping.checks.get('pcrDiscontinuity').count).toBe(1);
    expect(jumping.checks.get('pcrRepetition').count).toBe(1);
    // 2^33 * 300 is where it wraps.
    const wrapping = run(
      (i) => i * 20e6,
      (i) => (2 ** 33 * 300 - 100 * step + i * step) % (2 ** 33 * 300),
    );
    expect(wrapping.checks.total(2)).toBe(0);
    expect(wrapping.pid(256)?.pcr?.spanTicks).toBe(199 * step);
  });

  it('name scrambled packets, and take nothing out of them', () => {
    const builder = new TsBuilder().program(1, 0x1000, 256, [{ pid: 256, streamType: 0x1b }]);
    for (let i = 0; i < 5; i += 1) builder.packet(256, new Uint8Array(184).fill(i), { isStart: true, scrambling: 2 });
    const { demuxer, units } = demux(builder.bytes());
    expect(units).toEqual([]);
    expect(demuxer.pid(256)).toMatchObject({ scrambledPackets: 5, scrambling: 4 });
    expect(demuxer.checks.get('cat').count).toBe(1);
  });
});

describe('any bytes', () => {
  it('are read to their end without failing', () => {
    const { bytes } = sampleStream(12);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 300 }),
        fc.array(fc.nat(900), { maxLength: 5 }),
        (changes, gaps) => {
          const copy = bytes.slice();
          for (const [at, value] of changes) copy[at] = value;
          const { demuxer, units } = collector();
          let at = 0;
          for (const gap of gaps) {
            const end = Math.min(copy.length, at + 1000);
            demuxer.push(copy, at, end, 1, at, at);
            demuxer.gap(gap);
            at = Math.min(copy.length, end + gap);
          }
          demuxer.push(copy, at, copy.length, 1, at, at);
          demuxer.boundary();
          demuxer.push(copy, 0, copy.length, 1, at, 0);
          demuxer.finish();
          const taken = units.reduce((sum, unit) => sum + unit.bytes.length, 0);
          expect(taken).toBeLessThanOrEqual(2 * copy.length);
        },
      ),
      { numRuns: 150 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (noise) => void demux(noise)),
      { numRuns: 200 },
    );
  });
});
