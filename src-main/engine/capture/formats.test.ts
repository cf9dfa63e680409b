import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, MemorySource } from './byte-source';
import { captureFacts } from './facts';
import { Frame, NOT_A_PACKET } from './frame';
import { openCapture } from './open';
import {
  buildErf,
  buildNetmon,
  buildPcap,
  buildSnoop,
  concat,
  integers,
  pcapRecord,
  PcapngBuilder,
} from './testing/capture-builder';
import { TestSink, collect } from './testing/collect';

const T0 = 1_700_000_000_123_456_000n;
const data = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const records = Array.from({ length: 6 }, (_, i) => ({ bytes: data(60 + i, i), timeNs: T0 + BigInt(i) * 1_000_000n }));
const little = new PcapngBuilder(true);

/** A pcap whose record headers have `extra` more bytes, with a magic number of its own. */
function variant(magic: number, extra: number, isLittle = true, count = records.length): Uint8Array {
  const header = buildPcap([], { isLittle }).slice();
  new DataView(header.buffer).setUint32(0, magic, isLittle);
  const parts = records.slice(0, count).map((record) => {
    const whole = pcapRecord(record, isLittle);
    return concat(whole.subarray(0, 16), data(extra, 0xa5), whole.subarray(16));
  });
  return concat(header, ...parts);
}

describe('pcap variants', () => {
  it.each([
    ['Nokia', 0xa1b2c3d4, 4],
    ['modified', 0xa1b2c3d4, 8],
    ['modified', 0xa1b2cd34, 8],
    ['modified', 0xa1b2cd34, 12],
  ])('%s, magic %x, %i bytes more in each record', (name, magic, extra) => {
    for (const isLittle of [true, false]) {
      const { frames, reader, codes } = collect(variant(magic, extra, isLittle));
      expect(frames.map((frame) => frame.bytes)).toEqual(records.map((record) => record.bytes));
      expect(frames.map((frame) => frame.timeNs)).toEqual(records.map((_, i) => i * 1_000_000));
      expect(reader.notes.variant).toBe(`${isLittle ? 'little' : 'big'}-endian, microseconds, ${name}`);
      expect(codes).toEqual([]);
    }
  });

  it.each([0x1c0001ab, 0x1c0001ac])('IXIA, magic %x: a length behind the header, nanoseconds', (magic) => {
    const plain = buildPcap(records, { isNano: true }).slice();
    new DataView(plain.buffer).setUint32(0, magic, true);
    const file = concat(plain.subarray(0, 24), integers(true, [4, plain.length - 24]), plain.subarray(24));
    const { frames, reader } = collect(file);
    expect(frames.map((frame) => frame.bytes)).toEqual(records.map((record) => record.bytes));
    expect(frames[1].timeNs).toBe(1_000_000);
    expect(reader.notes.variant).toContain('IXIA');
  });

  it('reads lengths the other way round before version 2.3', () => {
    const file = buildPcap([{ bytes: data(50, 1), wireLength: 1400 }]).slice();
    const view = new DataView(file.buffer);
    for (const [minor, captured, wire] of [
      [2, 1400, 50],
      [3, 50, 1400],
      [3, 1400, 50],
    ]) {
      view.setUint16(6, minor, true);
      view.setUint32(32, captured, true);
      view.setUint32(36, wire, true);
      expect(collect(file).frames).toMatchObject([{ bytes: data(50, 1), wireLength: 1400 }]);
    }
  });

  it('understands AIX: version 2.2 with interface types', () => {
    const file = buildPcap(records, { isLittle: false, isNano: true, linkType: 6 }).slice();
    const view = new DataView(file.buffer);
    view.setUint32(0, 0xa1b2c3d4);
    view.setUint16(6, 2);
    const { frames, reader } = collect(file);
    expect([frames.length, frames[1].timeNs, reader.linkTypes]).toEqual([6, 1_000_000, [1]]);
  });

  it('takes a file that breaks off, or has garbage behind it, for the usual kind', () => {
    const file = buildPcap(records);
    for (const cut of [1, 4, 8, 30, 76, 90]) {
      const { frames, reader } = collect(file.subarray(0, file.length - cut));
      expect(frames[0].bytes).toEqual(records[0].bytes);
      expect(reader.notes.variant).toBe('little-endian, microseconds');
    }
    for (const garbage of [1, 8, 15, 100]) {
      const { frames, reader } = collect(concat(file, data(garbage, 0xee)));
      expect([frames.length, reader.isComplete]).toEqual([6, false]);
    }
  });
});

describe('snoop', () => {
  it('reads frames, times, drops', () => {
    const { frames, reader, reports } = collect(buildSnoop(records, { drops: 3 }));
    expect(frames.map((frame) => frame.bytes)).toEqual(records.map((record) => record.bytes));
    expect(frames.map((frame) => frame.timeNs)).toEqual(records.map((_, i) => i * 1_000_000));
    expect(reader).toMatchObject({ format: 'snoop', linkTypes: [1], firstTimeNs: T0, isComplete: true });
    expect(captureFacts(reader.notes)).toMatchObject({ dropped: 3, interfaces: [{ packets: 6, dropped: 3 }] });
    expect(reports).toMatchObject([
      { code: 'capture-packets-dropped', message: 'The capturing program lost 3 packets.' },
    ]);
  });

  it('counts frames of data links that it does not know', () => {
    const { frames, codes } = collect(buildSnoop(records, { dataLink: 5 }));
    expect(frames.map((frame) => frame.linkType)).toEqual(records.map(() => NOT_A_PACKET));
    expect(codes).toEqual(['snoop-link-type']);
  });

  it('stops at a record of absurd length, tells of one that is cut', () => {
    const file = buildSnoop(records).slice();
    expect(collect(file.subarray(0, file.length - 3)).codes).toEqual(['snoop-record-truncated']);
    new DataView(file.buffer).setUint32(16 + 4, 0xffff_fff0);
    expect(collect(file)).toMatchObject({ frames: [], codes: ['snoop-record-length'] });
  });
});

describe('Microsoft Network Monitor', () => {
  it.each([
    [1, 1],
    [2, 0],
    [2, 1],
    [2, 2],
    [2, 3],
  ])('reads version %i.%i', (major, minor) => {
    const { frames, reader, codes } = collect(buildNetmon(records, major, minor));
    expect(frames.map((frame) => frame.bytes)).toEqual(records.map((record) => record.bytes));
    expect(frames.map((frame) => frame.timeNs)).toEqual(records.map((_, i) => i * 1_000_000));
    const unitNs = major === 1 ? 1_000_000n : minor < 3 ? 1_000_000n : 100n;
    expect(reader.firstTimeNs).toBe(T0 - (T0 % unitNs));
    expect(reader).toMatchObject({ format: 'netmon', linkTypes: [1], isComplete: true });
    expect(codes).toEqual(minor === 3 ? [] : ['netmon-local-time']);
  });

  it('leaves out frames whose place makes no sense, and ends where the table does', () => {
    const file = buildNetmon(records, 2, 0).slice();
    const view = new DataView(file.buffer);
    const table = view.getUint32(24, true);
    view.setUint32(table + 4, 0xffff_0000, true);
    expect(collect(file)).toMatchObject({ codes: ['netmon-local-time', 'netmon-frame-missing'] });
    expect(collect(file).frames).toHaveLength(5);
    expect(collect(file.subarray(0, file.length - 5))).toMatchObject({
      codes: ['netmon-local-time', 'netmon-frame-missing', 'netmon-table-truncated'],
    });
    view.setUint32(28, 0xffff_ffff, true);
    expect(collect(file).frames.length).toBeLessThanOrEqual(6);
  });
});

describe('ERF', () => {
  it('reads frames of several ports, passes over padding, counts losses', () => {
    const file = buildErf(records, { lost: 2 });
    const { frames, reader, codes } = collect(file);
    expect(frames.map((frame) => frame.bytes)).toEqual(records.map((record) => record.bytes));
    expect(frames.map((frame) => frame.interfaceIndex)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(frames.map((frame) => frame.timeNs)).toEqual(records.map((_, i) => i * 1_000_000));
    expect(reader).toMatchObject({ format: 'erf', linkTypes: [1], isComplete: true });
    expect(codes).toEqual(['capture-packets-dropped']);
  });

  it('is not seen in other files', () => {
    for (const bytes of [data(4000, 0), data(4000, 0xff), data(4000, 0x30), data(17, 2)]) {
      expect(openCapture(new MemorySource(bytes), new TestSink()).ok).toBe(false);
    }
  });
});

describe('notes of pcapng', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  it('keeps what the file says beside its packets', () => {
    const file = concat(
      little.section([
        [1, text('first comment')],
        [1, text('second')],
        [2, text('Intel')],
        [3, text('Linux 6.1')],
        [4, text('dumpcap\0')],
      ]),
      little.interface(
        1,
        [
          [2, text('eth0')],
          [3, text('uplink')],
          [4, Uint8Array.of(192, 0, 2, 1, 255, 255, 255, 0)],
          [6, Uint8Array.of(2, 0, 0, 0, 0, 1)],
          little.option(8, 8, 1_000_000_000),
          little.option(9, 1, 0x80 | 20),
          [11, text('\0port 5060')],
          [12, text('Debian')],
          [15, text('e1000')],
          [1, text('dusty')],
        ],
        96,
      ),
      little.names(
        [1, Uint8Array.of(192, 0, 2, 7), 'phone', 'phone.example'],
        [2, Uint8Array.of(0x20, 1, 0x0d, 0xb8, ...new Uint8Array(11), 1), 'six'],
      ),
      little.secrets(0x544c534b, text('CLIENT_RANDOM 00 11\n')),
      little.packet(data(9, 1), 5n, 0, {}, [
        [1, text('look here')],
        [1, text('and here')],
        little.option(4, 8, 4),
        little.option(2, 4, 0x0100_0001),
      ]),
      little.packet(data(9, 1), 6n),
      little.statistics(0, [little.option(4, 8, 500), little.option(5, 8, 7)]),
    );
    const { reader, reports } = collect(file);
    const { notes } = reader;
    expect(captureFacts(notes)).toEqual({
      variant: 'little-endian',
      sections: [{ application: 'dumpcap', os: 'Linux 6.1', hardware: 'Intel', comments: ['first comment', 'second'] }],
      interfaces: [
        {
          name: 'eth0',
          description: 'uplink',
          linkType: 'EN10MB',
          snapLength: 96,
          timeResolution: '2^-20',
          addresses: ['192.0.2.1', '02:00:00:00:00:01'],
          speedBitsPerSecond: 1_000_000_000,
          filter: 'port 5060',
          os: 'Debian',
          hardware: 'e1000',
          comments: ['dusty'],
          packets: 2,
          received: 500,
          dropped: 7,
        },
      ],
      commentedFrames: 1,
      names: 2,
      secrets: [{ type: 'tls-key-log', bytes: 20 }],
      dropped: 7,
    });
    expect(notes.commentsOf(1)).toEqual(['look here', 'and here']);
    expect(notes.names.get('192.0.2.7')).toEqual(['phone', 'phone.example']);
    expect(notes.names.get('2001:db8::1')).toEqual(['six']);
    expect(new TextDecoder().decode(notes.secrets[0].bytes)).toBe('CLIENT_RANDOM 00 11\n');
    expect(reports.map((report) => report.code)).toEqual(['frame-link-error', 'capture-packets-dropped']);
  });

  it('bounds what it keeps', () => {
    const comments = Array.from({ length: 3000 }, (): [number, Uint8Array] => [1, data(1500, 0x61)]);
    const sections = Array.from({ length: 1200 }, () => little.section());
    const { reader, codes } = collect(concat(little.section(comments), ...sections, little.interface()));
    expect(reader.notes.sections.length).toBeLessThanOrEqual(1000);
    expect(codes.filter((code) => code === 'capture-notes-full')).toHaveLength(1);
  });
});

/** A source that gets its bytes little by little. */
class GrowingSource implements ByteSource {
  size = 0;
  isGrowing = true;

  constructor(private readonly bytes: Uint8Array) {}

  grow(count: number): void {
    this.size = Math.min(this.bytes.length, this.size + count);
    if (this.size === this.bytes.length) this.isGrowing = false;
  }

  read(offset: number, target: Uint8Array): number {
    return new MemorySource(this.bytes.subarray(0, this.size)).read(offset, target);
  }
}

const damaged = buildPcap(records).slice();
damaged[24 + 16 + 60 + 11] = 0x7f;
const unaligned = little.packet(data(5, 1), 9n).slice();
unaligned[4] -= 3;
unaligned[unaligned.length - 4] -= 3;
const samples: readonly (readonly [name: string, file: Uint8Array])[] = [
  ['pcap', buildPcap(records)],
  ['a pcap with garbage in it', concat(damaged, data(40, 0xee))],
  ['pcapng', concat(little.section(), little.interface(), little.packet(data(70, 1), 1n, 0, {}, [[1, data(9, 0x61)]]))],
  [
    'a damaged pcapng',
    concat(little.section(), little.interface(), unaligned, data(40, 0xee), little.packet(data(70, 1), 1n)),
  ],
  ['snoop', buildSnoop(records)],
  ['netmon', buildNetmon(records, 2, 3)],
  ['ERF', buildErf(records)],
];

describe.each(samples)('%s', (_name, file) => {
  it('gives the same frames and diagnostics when it comes a byte at a time', () => {
    const whole = collect(file);
    const source = new GrowingSource(file);
    source.grow(Math.min(file.length, 512));
    const sink = new TestSink();
    const opened = openCapture(source, sink);
    if (!opened.ok) throw new Error(opened.error.code);
    const reader = opened.value;
    const frame = new Frame();
    const frames: Uint8Array[] = [];
    for (;;) {
      if (reader.next(frame)) frames.push(frame.bytes.slice(frame.start, frame.end));
      else if (reader.isWaiting) source.grow(1);
      else break;
    }
    expect(source.isGrowing).toBe(false);
    expect(frames).toEqual(whole.frames.map((each) => each.bytes));
    expect(sink.reports).toEqual(whole.reports);
    expect(reader.isComplete).toBe(whole.reader.isComplete);
  });

  it('never throws, always ends, and yields frames inside their window, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { maxLength: 20 }),
        fc.nat(80),
        (changes, cut) => {
          const bytes = file.slice(0, Math.max(8, file.length - cut));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const sink = new TestSink();
          const opened = openCapture(new MemorySource(bytes), sink);
          if (!opened.ok) return;
          const reader = opened.value;
          const frame = new Frame();
          let count = 0;
          while (reader.next(frame)) {
            count += 1;
            expect(count).toBeLessThan(5000);
            expect(frame.number).toBe(count);
            expect(frame.start <= frame.end && frame.end <= frame.bytes.length).toBe(true);
            expect(Number.isInteger(frame.timeNs)).toBe(true);
            expect(frame.wireLength).toBeGreaterThanOrEqual(frame.end - frame.start);
          }
          expect(reader.position).toBeLessThanOrEqual(bytes.length);
          expect(sink.reports.length).toBeLessThan(200);
          captureFacts(reader.notes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
