import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteSource, MemorySource } from './byte-source';
import { Frame } from './frame';
import { openCaptures } from './merge';
import { readAt } from './read-at';
import { PcapngBuilder, buildPcap, buildSnoop, concat } from './testing/capture-builder';
import { TestSink } from './testing/collect';

const T0 = 1_700_000_000_000_000_000n;
const little = new PcapngBuilder(true);
const filled = (value: number): Uint8Array => new Uint8Array(60).fill(value);
const packets = (...list: readonly (readonly [value: number, ms: number])[]) =>
  list.map(([value, ms]) => ({ bytes: filled(value), timeNs: T0 + BigInt(ms) * 1_000_000n }));

function merge(...files: readonly (Uint8Array | ByteSource)[]) {
  const sink = new TestSink();
  const parts = files.map((file, i) => ({
    name: `file-${i}`,
    source: file instanceof Uint8Array ? new MemorySource(file) : file,
  }));
  const opened = openCaptures(parts, sink);
  if (!opened.ok) throw new Error(`${opened.error.code} ${opened.error.where}`);
  return { ...opened.value, sink };
}

function frames(opened: ReturnType<typeof merge>) {
  const frame = new Frame();
  const list: { value: number; ms: number; number: number; linkType: number; interfaceIndex: number }[] = [];
  while (opened.reader.next(frame)) {
    const { number, linkType, interfaceIndex } = frame;
    const again = readAt(opened.source, frame.fileOffset, frame.end - frame.start);
    expect(again).toEqual(frame.bytes.slice(frame.start, frame.end));
    list.push({ value: frame.bytes[frame.start], ms: frame.timeNs / 1e6, number, linkType, interfaceIndex });
  }
  return list;
}

describe('merged captures', () => {
  it('come in the order of time, numbered anew, each frame readable where it lies', () => {
    const opened = merge(
      buildPcap(packets([1, 5], [2, 30])),
      buildSnoop(packets([3, 2], [4, 5], [5, 40])),
      concat(little.section(), little.interface(113), little.packet(filled(6), (T0 + 20_000_000n) / 1000n)),
    );
    expect(frames(opened)).toEqual([
      { value: 3, ms: 0, number: 1, linkType: 1, interfaceIndex: 1 },
      // Of equal times the earlier file comes first.
      { value: 1, ms: 3, number: 2, linkType: 1, interfaceIndex: 0 },
      { value: 4, ms: 3, number: 3, linkType: 1, interfaceIndex: 1 },
      { value: 6, ms: 18, number: 4, linkType: 113, interfaceIndex: 2 },
      { value: 2, ms: 28, number: 5, linkType: 1, interfaceIndex: 0 },
      { value: 5, ms: 38, number: 6, linkType: 1, interfaceIndex: 1 },
    ]);
    const { reader } = opened;
    expect(reader).toMatchObject({ format: 'pcap and snoop and pcapng', isComplete: true, linkTypes: [1, 113] });
    expect(reader.firstTimeNs).toBe(T0 + 2_000_000n);
    expect(reader.notes.interfaces.map((source) => source.packets)).toEqual([2, 3, 1]);
  });

  it('keep comments, names and keys of all files, by the new numbers', () => {
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const file = (name: string, ms: bigint): Uint8Array =>
      concat(
        little.section([[4, text(name)]]),
        little.interface(),
        little.names([1, Uint8Array.of(192, 0, 2, Number(ms)), name]),
        little.secrets(0x544c534b, text(name)),
        little.packet(filled(1), ms * 1000n, 0, {}, [[1, text(`in ${name}`)]]),
      );
    const opened = merge(file('late', 9n), file('early', 3n));
    frames(opened);
    const { notes } = opened.reader;
    expect([notes.commentsOf(1), notes.commentsOf(2)]).toEqual([['in early'], ['in late']]);
    expect([...notes.names.values()]).toEqual([['late'], ['early']]);
    expect(notes.secrets).toHaveLength(2);
    expect(notes.sections.map((section) => section.application)).toEqual(['late', 'early']);
  });

  it('name the file that a diagnostic is about', () => {
    const cut = buildPcap(packets([1, 0], [2, 9]));
    const opened = merge(cut.subarray(0, cut.length - 3), buildPcap(packets([3, 5])));
    expect(frames(opened)).toHaveLength(2);
    expect(opened.sink.reports).toMatchObject([{ code: 'pcap-record-truncated', frame: null }]);
    expect(opened.sink.reports[0].message).toMatch(/^file-0, frame 2: The file ends within/);
    expect(opened.reader.isComplete).toBe(false);
    expect(() => merge(cut, new Uint8Array(0))).toThrow('empty-file file-1');
  });

  it('wait for every file that may still have an earlier frame', () => {
    const late = buildPcap(packets([9, 1]));
    const source = {
      size: 24,
      isGrowing: true,
      read: (offset: number, target: Uint8Array) =>
        new MemorySource(late.subarray(0, source.size)).read(offset, target),
    };
    const opened = merge(buildPcap(packets([1, 5])), source);
    expect(frames(opened)).toEqual([]);
    expect(opened.reader.isWaiting).toBe(true);
    source.size = late.length;
    const frame = new Frame();
    expect(opened.reader.next(frame)).toBe(true);
    expect(frame.bytes[frame.start]).toBe(9);
    source.isGrowing = false;
    expect(frames(opened).map(({ value }) => value)).toEqual([1]);
    expect(opened.reader.isWaiting).toBe(false);
  });

  it('give the frames of an ordered capture back, however it was dealt out', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(50)), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 4 }),
        (steps, count) => {
          let ms = 0;
          const all = steps.map(([owner, step], i) => ({ owner: owner % count, value: i, ms: (ms += step + 1) }));
          const files = Array.from({ length: count }, (_, owner) =>
            buildPcap(
              packets(...all.filter((each) => each.owner === owner).map((each) => [each.value, each.ms] as const)),
            ),
          );
          expect(frames(merge(...files)).map(({ value }) => value)).toEqual(all.map(({ value }) => value));
        },
      ),
      { numRuns: 60 },
    );
  });
});
