import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestSink } from '../capture/testing/collect';
import { TcpFlag } from '../net/packet';
import { TcpStream } from './tcp-reassembly';

const { syn, fin, rst, ack } = TcpFlag;
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

/** Feeds a stream and notes what it delivers: bytes as text of numbers, `gap 5`, `end`. */
class Bench {
  readonly diagnostics = new TestSink();
  readonly events: string[] = [];
  readonly received: number[] = [];
  readonly frames: number[] = [];
  private frame = 0;
  readonly stream = new TcpStream(
    {
      onData: (bytes, start, end, frame) => {
        expect(start).toBeLessThan(end);
        expect(end).toBeLessThanOrEqual(bytes.length);
        const part = [...bytes.subarray(start, end)];
        this.received.push(...part);
        this.frames.push(frame);
        this.events.push(part.join(' '));
      },
      onGap: (length) => {
        expect(length).toBeGreaterThan(0);
        this.events.push(`gap ${length}`);
      },
      onEnd: () => this.events.push('end'),
    },
    this.diagnostics,
  );

  constructor(private readonly initial = 1000) {}

  /** Pushes bytes at `position` of the stream, out of a window that is overwritten at once. */
  push(position: number, bytes: readonly number[] | Uint8Array, flags: number = ack, timeNs = 0, missing = 0): this {
    const window = Uint8Array.from([0xee, ...bytes, 0xee]);
    this.frame += 1;
    const sequence = (this.initial + 1 + position) >>> 0;
    this.stream.push(sequence, flags, window, 1, window.length - 1, this.frame, timeNs, missing);
    window.fill(0xdd);
    return this;
  }

  syn(): this {
    this.frame += 1;
    this.stream.push(this.initial, syn, new Uint8Array(0), 0, 0, this.frame, 0);
    return this;
  }

  acknowledge(position: number, timeNs = 0): this {
    this.stream.acknowledge((this.initial + 1 + position) >>> 0, timeNs);
    return this;
  }

  finish(): this {
    this.stream.finish();
    return this;
  }
}

describe('TcpStream', () => {
  it('hands segments in order on as they are', () => {
    const bench = new Bench()
      .syn()
      .push(0, [1, 2])
      .push(2, [3])
      .push(3, [], fin | ack);
    expect(bench.events).toEqual(['1 2', '3', 'end']);
    expect(bench.frames).toEqual([2, 3]);
  });

  it('wraps around the sequence numbers', () => {
    const bench = new Bench(0xffff_fffd).syn().push(0, [1, 2]).push(4, [5, 6]).push(2, [3, 4]).push(6, [7], fin);
    expect(bench.received).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(bench.events.at(-1)).toBe('end');
  });

  it('begins in the middle of a connection', () => {
    expect(new Bench().push(500, []).push(700, [7, 8]).push(702, [9]).finish().events).toEqual(['7 8', '9', 'end']);
  });

  it('takes data in a SYN', () => {
    const bench = new Bench();
    bench.stream.push(1000, syn, Uint8Array.of(1, 2), 0, 2, 1, 0);
    expect(bench.push(2, [3]).received).toEqual([1, 2, 3]);
  });

  it('drops retransmissions and keep-alives, keeps what is new in them', () => {
    const bench = new Bench().syn().push(0, [1, 2, 3]).push(0, [1, 2, 3]).push(2, [0]).push(1, [2, 3, 4]).push(4, [5]);
    expect(bench.events).toEqual(['1 2 3', '4', '5']);
    expect(bench.stream.repeatedSegments).toBe(2);
  });

  it('waits for a segment that was overtaken', () => {
    const bench = new Bench().syn().push(2, [3, 4]).push(4, [5]);
    expect(bench.events).toEqual([]);
    expect(bench.push(0, [1, 2]).events).toEqual(['1 2', '3 4', '5']);
    expect(bench.frames).toEqual([4, 2, 3]);
  });

  it('keeps the bytes that came first where waiting segments overlap, and says so when they differ', () => {
    const same = new Bench().syn().push(4, [5, 6, 7]).push(2, [3, 4, 5]).push(6, [7, 8]).push(0, [1, 2]);
    expect(same.received).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(same.diagnostics.codes).toEqual([]);
    const forged = new Bench().syn().push(4, [5, 6, 7]).push(2, [3, 4, 99, 99, 99, 8]).push(0, [1, 2]);
    expect(forged.received).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(forged.diagnostics.reports).toMatchObject([{ code: 'tcp-overlap', frame: 3 }]);
  });

  it('declares a gap that the receiver acknowledged, once it cannot be reordering', () => {
    const bench = new Bench().syn().push(0, [1]).push(4, [5]).acknowledge(5);
    expect(bench.events).toEqual(['1']);
    bench.acknowledge(5, 200e6);
    expect(bench.events).toEqual(['1', 'gap 3', '5']);
    expect(bench.stream.gaps).toEqual([{ offset: 1, length: 3 }]);
    expect(bench.stream.gapBytes).toBe(3);
    expect(bench.push(5, [6]).push(1, [2, 3, 4]).events).toEqual(['1', 'gap 3', '5', '6']);
  });

  it('declares it as well after a few more segments', () => {
    const bench = new Bench().syn().acknowledge(9).push(4, [5]).push(5, [6]).push(6, [7]);
    expect(bench.events).toEqual([]);
    expect(bench.push(7, [8]).events).toEqual(['gap 4', '5', '6', '7', '8']);
  });

  it('does not declare a hole that nobody acknowledged', () => {
    const bench = new Bench().syn().push(0, [1]).acknowledge(1);
    for (let i = 4; i < 100; i += 1) bench.push(i, [i], ack, i * 1e9);
    expect(bench.events).toEqual(['1']);
  });

  it('declares holes when the stream ends', () => {
    const finished = new Bench().syn().push(0, [1]).push(4, [5]).push(9, [10]).finish();
    expect(finished.events).toEqual(['1', 'gap 3', '5', 'gap 4', '10', 'end']);
    const reset = new Bench().syn().push(0, [1]).push(4, [5]).push(5, [], rst);
    expect(reset.events).toEqual(['1', 'gap 3', '5', 'end']);
    const tail = new Bench().syn().push(0, [1]).push(4, [], fin).finish();
    expect(tail.events).toEqual(['1', 'gap 3', 'end']);
  });

  it('waits with the end until everything before the FIN is there', () => {
    const bench = new Bench().syn().push(2, [3], fin).push(0, [1]);
    expect(bench.events).toEqual(['1']);
    expect(bench.push(1, [2]).events).toEqual(['1', '2', '3', 'end']);
    expect(bench.push(3, [9]).finish().events).toHaveLength(4);
  });

  it('ignores a reset that is far off, and the words in one that is not', () => {
    const bench = new Bench().syn().push(0, [1]).push(500_000_000, [], rst).push(1, [2]);
    expect(bench.events).toEqual(['1', '2']);
    expect(bench.push(2, [0x67, 0x6f], rst).push(2, [3]).events).toEqual(['1', '2', 'end']);
  });

  it('begins again when a SYN opens a new connection on the same ports', () => {
    const bench = new Bench().syn().push(0, [1]).push(3, [4]);
    bench.stream.push(9000, syn, new Uint8Array(0), 0, 0, 9, 0);
    bench.stream.push(9001, ack, Uint8Array.of(7), 0, 1, 10, 0);
    expect(bench.events).toEqual(['1', 'gap 2', '4', 'end', '7']);
    expect(bench.stream.startsAnew(9000)).toBe(false);
    expect(bench.stream.startsAnew(9001)).toBe(true);
    expect(bench.finish().events.at(-1)).toBe('end');
  });

  it('repeats nothing when the SYN is sent twice', () => {
    expect(new Bench().syn().push(0, [1]).syn().push(1, [2]).events).toEqual(['1', '2']);
  });

  it('tells of bytes that the capture did not keep', () => {
    const bench = new Bench().syn().push(0, [1, 2], ack, 0, 3).push(5, [6], ack, 0, 1).push(7, [8]);
    expect(bench.events).toEqual(['1 2', 'gap 3', '6', 'gap 1', '8']);
    const late = new Bench().syn().push(2, [3], ack, 0, 2).push(5, [6]).push(0, [1, 2]);
    expect(late.events).toEqual(['1 2', '3', 'gap 2', '6']);
  });

  it('is not thrown off by a segment from nowhere', () => {
    const bench = new Bench().syn().push(0, [1]).push(1_500_000_000, [9]);
    for (let i = 1; i < 50; i += 1) bench.push(i, [i + 1]).acknowledge(i + 1);
    expect(bench.received).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  it('gives a hole up when more than eight megabytes wait behind it', () => {
    const bench = new Bench().syn().push(0, [1]);
    const block = content(10_000);
    for (let i = 0; i < 900; i += 1) bench.push(100 + i * block.length, block);
    expect(bench.events[1]).toBe('gap 99');
    expect(bench.received).toHaveLength(1 + 900 * block.length);
  });

  it('gives holes up when too many pieces wait', () => {
    const bench = new Bench().syn();
    for (let i = 0; i < 10_000; i += 1) bench.push(1 + 2 * i, [i & 0xff]);
    bench.finish();
    expect(bench.received).toHaveLength(10_000);
    expect(bench.stream.gaps).toHaveLength(1024);
    expect(bench.stream.gapBytes).toBe(10_000);
  });

  it('delivers the same bytes from any split, order and repetition', () => {
    const data = content(400);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: data.length - 1 }), { maxLength: 30 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.infiniteStream(fc.nat()),
        (points, initial, random) => {
          const roll = (sides: number): number => Number(random.next().value) % sides;
          const bounds = [0, ...points.sort((a, b) => a - b), data.length];
          const segments = bounds.slice(1).map((end, i) => ({ start: bounds[i], end }));
          for (const { start, end } of segments.slice()) {
            // Repeated, and grown into its neighbours as TCP does when it sends again.
            if (roll(2) === 0) {
              segments.push({ start: Math.max(0, start - roll(20)), end: Math.min(data.length, end + roll(20)) });
            }
          }
          for (let i = segments.length - 1; i > 0; i -= 1) {
            const j = roll(i + 1);
            [segments[i], segments[j]] = [segments[j], segments[i]];
          }
          const bench = new Bench(initial).syn();
          for (const { start, end } of segments) {
            bench.push(start, data.subarray(start, end), end === data.length ? fin | ack : ack);
          }
          expect(Uint8Array.from(bench.received)).toEqual(data);
          expect(bench.events.at(-1)).toBe('end');
          expect(bench.stream.gaps).toEqual([]);
          expect(bench.diagnostics.codes).toEqual([]);
        },
      ),
    );
  });

  it('accounts for every byte when some never come', () => {
    const data = content(300);
    fc.assert(
      fc.property(
        fc.array(fc.record({ lost: fc.boolean(), length: fc.integer({ min: 1, max: 40 }), late: fc.boolean() }), {
          minLength: 1,
        }),
        (plan) => {
          const bench = new Bench().syn();
          let position = 0;
          const later: (() => void)[] = [];
          const expected: number[] = [];
          for (const { lost, length, late } of plan) {
            const start = position;
            const end = Math.min(data.length, start + length);
            if (start === end) break;
            position = end;
            if (lost) continue;
            for (let i = start; i < end; i += 1) expected.push(data[i]);
            const send = (): unknown => bench.push(start, data.subarray(start, end));
            if (late) later.push(send);
            else send();
          }
          for (const send of later) send();
          bench.push(position, [], fin).finish();
          expect(bench.received).toEqual(expected);
          expect(bench.received.length + bench.stream.gapBytes).toBe(position);
          expect(bench.events.filter((event) => event === 'end')).toHaveLength(1);
        },
      ),
    );
  });

  it('never throws and keeps its memory bounded, whatever arrives', () => {
    const step = fc.record({
      sequence: fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 3000 })),
      flags: fc.nat(0x3f),
      length: fc.nat(1500),
      missing: fc.nat(100),
      acknowledge: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let pushed = 0;
        let received = 0;
        const stream = new TcpStream({
          onData: (_bytes, start, end) => {
            received += end - start;
          },
          onGap: (length) => expect(length).toBeGreaterThan(0),
          onEnd: () => undefined,
        });
        const bytes = new Uint8Array(1500);
        steps.forEach(({ sequence, flags, length, missing, acknowledge }, i) => {
          if (acknowledge) stream.acknowledge(sequence, i * 1e7);
          else {
            stream.push(sequence, flags, bytes, 0, length, i, i * 1e7, missing);
            pushed += length;
          }
        });
        stream.finish();
        expect(received).toBeLessThanOrEqual(pushed);
      }),
    );
  });
});
