import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from './byte-source';
import { Frame } from './frame';
import { openCapture } from './open';
import { buildPcap, concat, pcapRecord } from './testing/capture-builder';
import { TestSink, collect } from './testing/collect';

const T0 = 1_700_000_000_123_456_000n;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('pcap', () => {
  it.each([
    [true, false],
    [true, true],
    [false, false],
    [false, true],
  ])('reads frames and times, little endian %s, nanoseconds %s', (isLittle, isNano) => {
    const step = isNano ? 1_000_000_001n : 1_000_001_000n;
    const file = buildPcap(
      [
        { bytes: bytes(1, 2, 3), timeNs: T0 },
        { bytes: bytes(4), timeNs: T0 + step, wireLength: 1500 },
        { bytes: bytes(), timeNs: T0 - 5000n },
      ],
      { isLittle, isNano, linkType: 113 },
    );
    const { frames, reader, reports } = collect(file);
    expect(frames).toEqual([
      { number: 1, timeNs: 0, linkType: 113, bytes: bytes(1, 2, 3), wireLength: 3, fileOffset: 40, interfaceIndex: 0 },
      {
        number: 2,
        timeNs: Number(step),
        linkType: 113,
        bytes: bytes(4),
        wireLength: 1500,
        fileOffset: 59,
        interfaceIndex: 0,
      },
      { number: 3, timeNs: -5000, linkType: 113, bytes: bytes(), wireLength: 0, fileOffset: 76, interfaceIndex: 0 },
    ]);
    expect(reader).toMatchObject({ format: 'pcap', linkTypes: [113], firstTimeNs: T0, isComplete: true });
    expect(reader.position).toBe(file.length);
    expect(reports).toEqual([]);
  });

  it('is exact to the nanosecond 100 days into a capture', () => {
    const later = 100n * 86_400n * 1_000_000_000n + 1n;
    const { frames } = collect(
      buildPcap(
        [
          { bytes: bytes(1), timeNs: T0 },
          { bytes: bytes(1), timeNs: T0 + later },
        ],
        { isNano: true },
      ),
    );
    expect(BigInt(frames[1].timeNs)).toBe(later);
  });

  it('takes a wire length below the captured one for the captured one', () => {
    expect(collect(buildPcap([{ bytes: bytes(1, 2), wireLength: 1 }])).frames[0].wireLength).toBe(2);
  });

  it('believes records larger than the snap length says', () => {
    const { frames, codes } = collect(buildPcap([{ bytes: filled(5000, 1) }], { snapLength: 96 }));
    expect([frames.length, codes]).toEqual([1, []]);
  });

  it('reads frames larger than its window when the header announces them', () => {
    const large = filled(6 * 1024 * 1024, 7);
    const small = filled(100, 8);
    const file = buildPcap([{ bytes: small }, { bytes: large }, { bytes: small }], { snapLength: 128 * 1024 * 1024 });
    const { frames, codes } = collect(file);
    expect(frames.map((frame) => frame.bytes.length)).toEqual([100, large.length, 100]);
    expect(frames[1].bytes.every((value) => value === 7)).toBe(true);
    expect(codes).toEqual([]);
  });

  it('reads many frames across windows', () => {
    const records = Array.from({ length: 3000 }, (_, i) => ({
      bytes: filled(3000 + (i % 7), i & 0xff),
      timeNs: T0 + BigInt(i) * 1000n,
    }));
    const { frames } = collect(buildPcap(records));
    expect(frames).toHaveLength(3000);
    frames.forEach((frame, i) => {
      expect(frame.timeNs).toBe(i * 1000);
      expect([frame.bytes.length, frame.bytes[0], frame.bytes.at(-1)]).toEqual([3000 + (i % 7), i & 0xff, i & 0xff]);
    });
  });

  it.each([1, 16, 20])('tells of a record that the end of the file cuts, %i bytes before its end', (cut) => {
    const file = buildPcap([{ bytes: filled(10, 1) }, { bytes: filled(10, 2) }]);
    const { frames, reader, reports } = collect(file.subarray(0, file.length - cut));
    expect(frames).toHaveLength(1);
    expect(reader.isComplete).toBe(false);
    expect(reports).toEqual([
      {
        severity: 'warning',
        code: 'pcap-record-truncated',
        frame: 2,
        message: `The file ends within a record that begins at byte 50; ${26 - cut} bytes of it are there.`,
      },
    ]);
  });

  it('goes on behind a record of absurd length', () => {
    const good = Array.from({ length: 8 }, (_, i) => ({
      bytes: filled(60, i),
      timeNs: T0 + BigInt(i) * 1_000_000_000n,
    }));
    const file = concat(
      buildPcap(good.slice(0, 3)),
      pcapRecord({ bytes: filled(60, 9), timeNs: T0, capturedLength: 0x7fff_0000 }),
      ...good.slice(3).map((record) => pcapRecord(record)),
    );
    const { frames, reader, reports } = collect(file);
    expect(frames.map((frame) => frame.bytes[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(frames.map((frame) => frame.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(reader.isComplete).toBe(false);
    expect(reports.map(({ code, frame }) => [code, frame])).toEqual([['pcap-record-length', 4]]);
    expect(reports[0].message).toBe('The record at byte 252 claims 2147418112 bytes; reading goes on at byte 328.');
  });

  it('stops at a record of absurd length behind which nothing looks like records', () => {
    const file = concat(
      buildPcap([{ bytes: filled(60, 1), timeNs: T0 }]),
      pcapRecord({ bytes: filled(3000, 0xee), capturedLength: 0xffff_ffff }),
    );
    const { frames, codes, reader } = collect(file);
    expect([frames.length, codes, reader.isComplete]).toEqual([1, ['pcap-record-length'], false]);
  });

  it('does not believe an absurd snap length', () => {
    const file = concat(
      buildPcap([], { snapLength: 0xfff0_0000 }),
      pcapRecord({ bytes: filled(100, 1), capturedLength: 0x1000_0000 }),
    );
    expect(collect(file).codes).toEqual(['pcap-snap-length-absurd', 'pcap-record-length']);
  });

  it('ends with a diagnostic when the file shrinks or cannot be read', () => {
    const file = buildPcap(Array.from({ length: 4000 }, (_, i) => ({ bytes: filled(2000, i & 0xff) })));
    for (const fault of ['short', 'throws']) {
      const memory = new MemorySource(file);
      const source = {
        size: file.length,
        read(offset: number, target: Uint8Array): number {
          if (offset + target.length <= 5_000_000) return memory.read(offset, target);
          if (fault === 'throws') throw new Error('EIO: i/o error, read');
          return offset < 5_000_000 ? memory.read(offset, target.subarray(0, 5_000_000 - offset)) : 0;
        },
      };
      const { frames, reader, reports } = collect(source);
      expect(frames.length).toBeGreaterThan(2000);
      expect(reader.isComplete).toBe(false);
      expect(reports).toHaveLength(1);
      expect(reports[0].code).toBe('capture-read-failed');
      expect(reports[0].message).toContain(fault === 'throws' ? 'EIO' : 'shorter than it was');
    }
  });

  it('says once that reading has ended', () => {
    const sink = new TestSink();
    const opened = openCapture(new MemorySource(buildPcap([{ bytes: bytes(1, 2) }]).subarray(0, 41)), sink);
    if (!opened.ok) throw new Error('not opened');
    const frame = new Frame();
    for (let i = 0; i < 3; i += 1) expect(opened.value.next(frame)).toBe(false);
    expect(sink.codes).toEqual(['pcap-record-truncated']);
  });

  it('never throws, always ends, and yields frames inside their window, whatever the bytes', () => {
    const records = Array.from({ length: 20 }, (_, i) => ({ bytes: filled(40, i), timeNs: T0 + BigInt(i) * 1000n }));
    const good = buildPcap(records);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 30 }),
        fc.nat(60),
        (changes, cut) => {
          const file = good.slice(0, good.length - cut);
          for (const [at, value] of changes) if (at >= 4 && at < file.length) file[at] = value;
          const sink = new TestSink();
          const opened = openCapture(new MemorySource(file), sink);
          if (!opened.ok) return;
          const frame = new Frame();
          let count = 0;
          let position = 0;
          while (opened.value.next(frame)) {
            count += 1;
            expect(frame.number).toBe(count);
            expect(opened.value.position).toBeGreaterThan(position);
            position = opened.value.position;
            expect(frame.start <= frame.end && frame.end <= frame.bytes.length).toBe(true);
            expect(frame.wireLength).toBeGreaterThanOrEqual(frame.end - frame.start);
          }
          expect(position).toBeLessThanOrEqual(file.length);
          expect(sink.reports.length).toBeLessThan(100);
        },
      ),
      { numRuns: 500 },
    );
  });
});
