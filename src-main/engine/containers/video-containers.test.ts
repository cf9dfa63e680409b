import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annexB } from './annex-b';
import { ivfFrameHeader, ivfHeader } from './ivf';
import { MatroskaWriter } from './matroska';

it('puts a start code of four bytes before each NAL unit', () => {
  expect([...annexB([Uint8Array.of(0x67, 1), Uint8Array.of(0x68)])]).toEqual([0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68]);
});

it('writes the headers of IVF little-endian', () => {
  const header = ivfHeader('VP80', { width: 352, height: 288, clockRateHz: 90_000, frames: 3 });
  expect(Buffer.from(header).toString('latin1', 0, 12)).toBe('DKIF\0\0 \0VP80');
  const view = new DataView(header.buffer);
  expect([12, 14].map((at) => view.getUint16(at, true))).toEqual([352, 288]);
  expect([16, 20, 24].map((at) => view.getUint32(at, true))).toEqual([90_000, 1, 3]);
  const frame = new DataView(ivfFrameHeader(300, 2 ** 33).buffer);
  expect([frame.getUint32(0, true), frame.getBigUint64(4, true)]).toEqual([300, 2n ** 33n]);
});

interface Element {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** The elements in a range, one after the other without a gap. */
function elements(bytes: Uint8Array, start: number, end: number): Element[] {
  const found: Element[] = [];
  for (let at = start; at < end; ) {
    const idLength = Math.clz32(bytes[at]) - 23;
    let id = 0;
    for (let i = 0; i < idLength; i += 1) id = id * 256 + bytes[at + i];
    const sizeAt = at + idLength;
    const sizeLength = Math.clz32(bytes[sizeAt]) - 23;
    let size = bytes[sizeAt] & (0xff >> sizeLength);
    for (let i = 1; i < sizeLength; i += 1) size = size * 256 + bytes[sizeAt + i];
    const body = sizeAt + sizeLength;
    found.push({ id, start: body, end: body + size });
    at = body + size;
  }
  return found;
}

describe('MatroskaWriter', () => {
  const track = { codecId: 'V_MPEG2', codecPrivate: null, width: 16, height: 16 };

  it('writes elements that follow each other, with every block at its time and cues that lead to clusters', () => {
    const picture = fc.record({
      step: fc.integer({ min: 0, max: 40_000 }),
      isKey: fc.boolean(),
      track: fc.constantFrom(1 as const, 2 as const),
    });
    fc.assert(
      fc.property(fc.array(picture, { minLength: 1, maxLength: 40 }), (pictures) => {
        const audio = { codecId: 'A_AAC', codecPrivate: null, sampleRateHz: 8000, channels: 1 };
        const writer = new MatroskaWriter(track, audio, 1_000_000, 10);
        const parts = [writer.header()];
        let ms = 0;
        const sent = pictures.map((p, i) => {
          ms += p.step;
          parts.push(writer.block({ track: p.track, timeSeconds: ms / 1000, isKey: p.isKey, data: Uint8Array.of(i) }));
          return [p.track, ms, i];
        });
        const { bytes: rest, patches } = writer.finish();
        const bytes = Uint8Array.from([...parts, rest].flatMap((part) => [...part]));
        for (const { offset, bytes: patch } of patches) bytes.set(patch, offset);
        const [ebml, segment, ...more] = elements(bytes, 0, bytes.length);
        expect([ebml.id, segment.id, segment.end, more.length]).toEqual([0x1a45dfa3, 0x18538067, bytes.length, 0]);
        const top = elements(bytes, segment.start, segment.end);
        const clusters = top.filter(({ id }) => id === 0x1f43b675);
        const number = ({ start, end }: Element): number => bytes.subarray(start, end).reduce((n, b) => n * 256 + b, 0);
        const blocks = clusters.flatMap((cluster) => {
          const [time, ...own] = elements(bytes, cluster.start, cluster.end);
          return own.map(({ start }) => {
            const relative = new DataView(bytes.buffer).getInt16(start + 1);
            return [bytes[start] & 0x7f, number(time) + relative, bytes[start + 4]];
          });
        });
        expect(blocks).toEqual(sent);
        const cues = top.find(({ id }) => id === 0x1c53bb6b);
        const targets = cues
          ? elements(bytes, cues.start, cues.end).map((cue) => {
              const [, positions] = elements(bytes, cue.start, cue.end);
              return number(elements(bytes, positions.start, positions.end)[1]) + segment.start;
            })
          : [];
        // A cluster begins four bytes of identifier and four of size before its content.
        for (const target of targets) expect(clusters.some(({ start }) => start - 8 === target)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
