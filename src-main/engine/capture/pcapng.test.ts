import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from './byte-source';
import { Frame, NOT_A_PACKET } from './frame';
import { openCapture } from './open';
import { PcapngBuilder, concat } from './testing/capture-builder';
import { TestSink, collect } from './testing/collect';

const little = new PcapngBuilder(true);
const big = new PcapngBuilder(false);
const T0 = 1_700_000_000_123_456n;
const data = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const resolution = (builder: PcapngBuilder, value: number) => builder.option(9, 1, value);
const u32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);

describe('pcapng', () => {
  it.each([
    ['little', little],
    ['big', big],
  ])('reads enhanced, obsolete and simple packets, %s endian', (_name, builder) => {
    const file = concat(
      builder.section(),
      builder.interface(1, [], 65_535),
      builder.packet(data(3, 1), T0),
      builder.oldPacket(data(5, 2), T0 + 7n),
      builder.simplePacket(data(4, 3), 2000),
      builder.packet(data(6, 4), T0 + 10n, 0, { wire: 60 }),
    );
    const { frames, reader, reports } = collect(file);
    expect(frames.map(({ number, timeNs, bytes, wireLength }) => [number, timeNs, [...bytes], wireLength])).toEqual([
      [1, 0, [1, 1, 1], 3],
      [2, 7000, [2, 2, 2, 2, 2], 5],
      // Without a time of its own: that of the frame before it.
      [3, 7000, [3, 3, 3, 3], 2000],
      [4, 10_000, [4, 4, 4, 4, 4, 4], 60],
    ]);
    for (const frame of frames)
      expect(file.subarray(frame.fileOffset, frame.fileOffset + frame.bytes.length)).toEqual(frame.bytes);
    expect(reader).toMatchObject({ format: 'pcapng', linkTypes: [1], firstTimeNs: T0 * 1000n, isComplete: true });
    expect(reports).toEqual([]);
  });

  it('keeps interfaces apart: link type, resolution, offset', () => {
    const file = concat(
      little.section(),
      little.interface(1, [resolution(little, 9)]),
      little.interface(113, [resolution(little, 0x80 | 10), little.option(14, 8, 1_700_000_000)]),
      little.interface(1, [little.option(14, 8, -1)]),
      little.packet(data(1, 1), 1_700_000_000_000_000_001n, 0),
      little.packet(data(1, 2), 512n, 1),
      little.packet(data(1, 3), 1_700_000_002_000_000n, 2),
    );
    const { frames, reader } = collect(file);
    expect(frames.map(({ timeNs, linkType, interfaceIndex }) => [timeNs, linkType, interfaceIndex])).toEqual([
      [0, 1, 0],
      [499_999_999, 113, 1],
      [999_999_999, 1, 2],
    ]);
    expect(reader.linkTypes).toEqual([1, 113]);
    expect(reader.firstTimeNs).toBe(1_700_000_000_000_000_001n);
  });

  it('begins anew with each section, in either byte order', () => {
    const file = concat(
      little.section(),
      little.interface(1),
      little.packet(data(1, 1), T0),
      big.section(),
      big.interface(276),
      big.packet(data(1, 2), T0 + 1n),
      little.section(),
      little.packet(data(1, 3), T0 + 2n),
      little.interface(101),
      little.packet(data(1, 4), T0 + 3n),
    );
    const { frames, reports } = collect(file);
    expect(frames.map(({ bytes, linkType, interfaceIndex }) => [bytes[0], linkType, interfaceIndex])).toEqual([
      [1, 1, 0],
      [2, 276, 1],
      [4, 101, 2],
    ]);
    expect(reports.map(({ code, frame }) => [code, frame])).toEqual([['pcapng-interface-missing', 3]]);
  });

  it('passes over blocks it has no use for, and counts those that Wireshark counts', () => {
    const file = concat(
      little.section([[4, data(11, 0x61)]]),
      little.block(4, data(4, 0)),
      little.secrets(0x544c534b, data(40, 1)),
      little.block(0x0bad, u32(32_473), data(20, 5)),
      little.block(9, data(8, 0x62)),
      little.block(0x7777_7777, data(2_000_000, 6)),
      little.interface(),
      little.packet(data(2, 7), T0),
    );
    const { frames, reports } = collect(file);
    expect(frames.map(({ number, linkType, bytes }) => [number, linkType, bytes.length])).toEqual([
      [1, NOT_A_PACKET, 20],
      [2, NOT_A_PACKET, 8],
      [3, 1, 2],
    ]);
    expect(reports).toEqual([]);
  });

  it('tells how many packets the capturing program lost: the latest counters stand', () => {
    const file = concat(
      little.section(),
      little.interface(),
      little.statistics(0, [little.option(5, 8, 3)]),
      little.statistics(0, [little.option(5, 8, 7), little.option(7, 8, 2)]),
    );
    expect(collect(file).reports).toMatchObject([
      {
        severity: 'warning',
        code: 'capture-packets-dropped',
        message: 'The capturing program lost 9 packets on interface 0.',
      },
    ]);
  });

  it('tells of a block that the end of the file cuts', () => {
    const whole = concat(
      little.section(),
      little.interface(),
      little.packet(data(8, 1), T0),
      little.packet(data(8, 2), T0),
    );
    for (let cut = 1; cut < 40; cut += 1) {
      const { frames, reader, reports } = collect(whole.subarray(0, whole.length - cut));
      expect(frames).toHaveLength(1);
      expect(reader.isComplete).toBe(false);
      expect(reports.map(({ code, frame }) => [code, frame])).toEqual([['pcapng-block-truncated', 2]]);
    }
  });

  it('reads blocks whose length leaves the padding out', () => {
    const packet = little.packet(data(5, 1), T0);
    const claimed = packet.length - 3;
    const inFile = packet.slice();
    new DataView(inFile.buffer).setUint32(4, claimed, true);
    new DataView(inFile.buffer).setUint32(packet.length - 4, claimed, true);
    const withoutPadding = concat(inFile.subarray(0, claimed - 4), u32(claimed));
    for (const unaligned of [inFile, withoutPadding]) {
      const { frames, codes } = collect(
        concat(little.section(), little.interface(), unaligned, little.packet(data(1, 2), T0)),
      );
      expect(frames.map((frame) => frame.bytes.length)).toEqual([5, 1]);
      expect(codes).toEqual(['pcapng-block-unaligned']);
    }
  });

  it('believes the first length of a block when a block follows there', () => {
    const packet = little.packet(data(4, 1), T0);
    new DataView(packet.buffer).setUint32(packet.length - 4, 999, true);
    const { frames, codes } = collect(
      concat(little.section(), little.interface(), packet, little.packet(data(1, 2), T0)),
    );
    expect(frames).toHaveLength(2);
    expect(codes).toEqual(['pcapng-block-length-mismatch']);
  });

  it.each([0, 8, 0x40, 0xffff_fff0])('finds the next block behind one that claims %i bytes', (claimed) => {
    const packet = little.packet(data(64, 1), T0);
    new DataView(packet.buffer).setUint32(4, claimed, true);
    const { frames, reader, reports } = collect(
      concat(
        little.section(),
        little.interface(),
        packet,
        little.packet(data(1, 2), T0),
        little.packet(data(1, 3), T0),
      ),
    );
    expect(frames.map((frame) => frame.bytes[0])).toEqual([2, 3]);
    expect(reader.isComplete).toBe(false);
    expect(reports).toHaveLength(1);
    expect(reports[0].message).toMatch(/^The block at byte 48 claims \d+ bytes.*; reading goes on at byte 144\.$/);
  });

  it('keeps what is there of a packet that claims more captured bytes than its block holds', () => {
    const { frames, codes } = collect(
      concat(little.section(), little.interface(), little.packet(data(8, 1), T0, 0, { captured: 100 })),
    );
    expect(frames[0].bytes).toEqual(data(8, 1));
    expect(codes).toEqual(['pcapng-captured-length']);
  });

  it('stops at an option that goes past its block, keeping those before it', () => {
    const options = concat(new Uint8Array([9, 0, 1, 0, 9, 0, 0, 0]), new Uint8Array([2, 0, 200, 0, 1, 2, 3, 4]));
    const description = little.block(1, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), options);
    const { frames, codes, reader } = collect(
      concat(little.section(), description, little.packet(data(1, 1), T0), little.packet(data(1, 1), T0 + 5n)),
    );
    expect(frames[1].timeNs).toBe(5);
    expect(codes).toEqual(['pcapng-option-too-long']);
    expect(reader.isComplete).toBe(true);
  });

  it('leaves sections of unknown versions out', () => {
    const foreign = concat(little.section([], 2), little.interface(), little.packet(data(1, 9), T0));
    const { frames, reports } = collect(
      concat(foreign, little.section(), little.interface(), little.packet(data(1, 1), T0)),
    );
    expect(frames.map((frame) => frame.bytes[0])).toEqual([1]);
    expect(reports.map((report) => report.message)).toEqual([
      'The block at byte 0 begins a section of pcapng version 2.0; it is left out.',
    ]);
  });

  it('takes a resolution that no clock has for microseconds', () => {
    const file = concat(
      little.section(),
      little.interface(1, [resolution(little, 0x7f)]),
      little.packet(data(1, 1), T0),
      little.packet(data(1, 1), T0 + 1n),
    );
    const { frames, codes } = collect(file);
    expect([frames[1].timeNs, codes]).toEqual([1000, ['pcapng-time-resolution']]);
  });

  it('cuts simple packets at the snap length of their interface', () => {
    const file = concat(little.section(), little.interface(1, [], 6), little.simplePacket(data(8, 1), 100));
    expect(collect(file).frames[0]).toMatchObject({ bytes: data(6, 1), wireLength: 100, timeNs: 0 });
  });

  it('reads packets larger than its window', () => {
    const file = concat(
      little.section(),
      little.interface(),
      little.packet(data(9_000_001, 1), T0),
      little.packet(data(3, 2), T0),
    );
    expect(collect(file).frames.map((frame) => frame.bytes.length)).toEqual([9_000_001, 3]);
  });

  it('never throws, always ends, and yields frames inside their window, whatever the bytes', () => {
    const good = concat(
      little.section([[4, data(9, 0x61)]]),
      little.interface(1, [resolution(little, 9)]),
      ...Array.from({ length: 6 }, (_, i) => little.packet(data(20 + i, i), T0 + BigInt(i))),
      big.section(),
      big.interface(113),
      big.simplePacket(data(9, 1)),
      big.statistics(0, [big.option(5, 8, 7)]),
      big.oldPacket(data(30, 3), T0),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(80),
        (changes, cut) => {
          const file = good.slice(0, good.length - cut);
          for (const [at, value] of changes) if (at >= 12 && at < file.length) file[at] = value;
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
            expect(Number.isInteger(frame.timeNs)).toBe(true);
            expect(frame.wireLength).toBeGreaterThanOrEqual(frame.end - frame.start);
          }
          expect(opened.value.position).toBeLessThanOrEqual(file.length);
          expect(typeof opened.value.firstTimeNs).toMatch(/bigint|object/);
          expect(sink.reports.length).toBeLessThan(100);
        },
      ),
      { numRuns: 500 },
    );
  });
});
