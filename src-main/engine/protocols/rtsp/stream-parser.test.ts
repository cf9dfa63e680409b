import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiagnosticLog } from '../../store/diagnostic-log';
import { utf8Bytes, utf8Text } from '../../bytes/text';
import { readExtents } from '../../bytes/extents';
import { RtspStreamParser } from './stream-parser';

interface Seen {
  readonly messages: string[];
  readonly bodies: string[];
  readonly frames: string[];
  readonly truncated: boolean[];
}

type Event = Uint8Array | { readonly gap: number };

/** Feeds events, cut at the lengths given, and tells what came out; addresses are offsets in the whole. */
function run(events: readonly Event[], cuts: readonly number[] = []): Seen & { codes: string[] } {
  const sink = new DiagnosticLog();
  const seen: Seen = { messages: [], bodies: [], frames: [], truncated: [] };
  const total = events.reduce((sum, event) => sum + ('gap' in event ? event.gap : event.length), 0);
  const file = new Uint8Array(total);
  const source = {
    read: (address: number, target: Uint8Array): number => {
      target.set(file.subarray(address, address + target.length));
      return target.length;
    },
  };
  const parser = new RtspStreamParser(sink, {
    onMessage: (message) => {
      seen.messages.push(utf8Text(readExtents(source, message.extents, 0, 1e6)).split('\r\n')[0]);
      seen.bodies.push(utf8Text(message.body));
      seen.truncated.push(message.isTruncated);
    },
    onInterleaved: (channel, bytes, start, end, _frame, _timeNs, address) => {
      const text = [...bytes.subarray(start, end)].join(',');
      if (address >= 0) expect([...file.subarray(address, address + end - start)].join(',')).toBe(text);
      seen.frames.push(`${channel}:${text}`);
    },
  });
  let at = 0;
  let cut = 0;
  for (const event of events) {
    if ('gap' in event) {
      parser.gap(event.gap, 1, 0);
      at += event.gap;
      continue;
    }
    file.set(event, at);
    for (let from = 0; from < event.length; ) {
      const to = Math.min(event.length, from + Math.max(1, cuts[cut++ % cuts.length] ?? event.length));
      parser.push(event, from, to, 1, 0, at + from);
      from = to;
    }
    at += event.length;
  }
  parser.end();
  return { ...seen, codes: sink.rows().map(({ code }) => code) };
}

const text = (...lines: string[]): Uint8Array => utf8Bytes(lines.join('\r\n'));
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

function rtp(channel: number, sequence: number, payload = 20, ssrc = 0x11223344): Uint8Array {
  const length = 12 + payload;
  const bytes = new Uint8Array(4 + length).fill(0x24);
  bytes.set([0x24, channel, length >> 8, length & 0xff, 0x80, 96, sequence >> 8, sequence & 0xff, 0, 0, 0, 1]);
  bytes.set([ssrc >>> 24, (ssrc >>> 16) & 0xff, (ssrc >>> 8) & 0xff, ssrc & 0xff], 12);
  return bytes;
}

const options = text('OPTIONS rtsp://10.0.0.1/a RTSP/1.0', 'CSeq: 1', '', '');
const answer = text('RTSP/1.0 200 OK', 'CSeq: 1', 'Content-Length: 5', '', 'v=0\r\n');
const stream = join(options, rtp(0, 1), rtp(1, 2), answer, text('', ''), rtp(0, 3), options);

describe('RTSP in a byte stream', () => {
  it('takes messages and interleaved frames apart', () => {
    const seen = run([stream]);
    expect(seen.messages).toEqual(['OPTIONS rtsp://10.0.0.1/a RTSP/1.0', 'RTSP/1.0 200 OK', seen.messages[0]]);
    expect(seen.bodies).toEqual(['', 'v=0\r\n', '']);
    expect(seen.frames.map((frame) => frame.slice(0, 8))).toEqual(['0:128,96', '1:128,96', '0:128,96']);
    expect(seen.codes).toEqual([]);
  });

  it('gives the same however the bytes are split', () => {
    const whole = run([stream]);
    expect(run([stream], [1])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }), (cuts) => {
        expect(run([stream], cuts)).toEqual(whole);
      }),
    );
  });

  it('finds frames between the lines of a header', () => {
    const cutHead = text('RTSP/1.0 200 OK', 'CSeq: 2', '');
    const seen = run([join(cutHead, rtp(0, 9), text('Session: 7', '', ''), rtp(0, 10))]);
    expect(seen.messages).toEqual(['RTSP/1.0 200 OK']);
    expect(seen.frames).toHaveLength(2);
  });

  it('keeps in step over a gap inside a frame', () => {
    const frame = rtp(0, 2, 400);
    const seen = run([join(rtp(0, 1), frame.subarray(0, 100)), { gap: 250 }, join(frame.subarray(350), rtp(0, 3))]);
    expect(seen.frames).toHaveLength(2);
  });

  it('finds its way again after a gap that hides a boundary', () => {
    const noise = new Uint8Array(100).fill(0x24);
    const seen = run([join(rtp(0, 1), rtp(0, 2)), { gap: 3000 }, join(noise, rtp(0, 9), rtp(1, 1, 30, 7), options)]);
    expect(seen.frames.map((frame) => frame.split(',')[3])).toEqual(['1', '2', '9', '1']);
    expect(seen.messages).toEqual(['OPTIONS rtsp://10.0.0.1/a RTSP/1.0']);
    expect(seen.codes).toEqual(['rtsp-stream-garbage']);
  });

  it('begins in the middle of a frame', () => {
    const seen = run([join(rtp(0, 1, 300).subarray(40), rtp(0, 2), rtp(0, 3))]);
    expect(seen.frames).toHaveLength(2);
    expect(seen.codes).toEqual([]);
  });

  it('says that a description lacks bytes, and joins nothing across the hole', () => {
    const head = text('RTSP/1.0 200 OK', 'CSeq: 1', 'Content-Length: 20', '', 'v=0\r\n');
    const seen = run([head, { gap: 10 }, join(text('tail!'), options)]);
    expect(seen.truncated).toEqual([true, false]);
    expect(seen.bodies[0]).toBe('v=0\r\n');
  });

  it('does not believe a length beyond measure', () => {
    const seen = run([join(text('RTSP/1.0 200 OK', 'Content-Length: 99999999', '', ''), options)]);
    expect(seen.messages).toHaveLength(2);
    expect(seen.codes).toEqual(['rtsp-content-length']);
  });

  it('survives anything', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(options, answer, rtp(0, 1), rtp(3, 2), text('RTSP/1.0 200'), text('', '')),
      fc.integer({ min: 1, max: 70_000 }).map((gap) => ({ gap })),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        run(pieces);
        run(
          pieces.filter((event) => !('gap' in event) || event.gap < 500),
          [7, 1, 30],
        );
      }),
      { numRuns: 300 },
    );
  });

  it('keeps no more than a frame or a header, whatever comes', () => {
    const parser = new RtspStreamParser(new DiagnosticLog(), { onMessage: () => {}, onInterleaved: () => {} });
    const endless = text(`OPTIONS * ${'x'.repeat(60_000)}`);
    const lines = utf8Bytes(`OPTIONS rtsp://a RTSP/1.0\r\n${'a: b\r\n'.repeat(20_000)}`);
    for (let i = 0; i < 40; i += 1) {
      parser.push(endless, 0, endless.length, 1, 0, -1);
      parser.push(lines, 0, lines.length, 1, 0, -1);
      expect(parser.heldBytes).toBeLessThan(300_000);
    }
  });
});
