import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { utf8Bytes, utf8Text } from '../../bytes/text';
import { sessionDescriptions } from './body';
import type { SipMessage } from './message';
import { SipStreamParser } from './stream-parser';

const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

function message(startLine: string, callId: string, body = '', contentLength = body.length): string {
  return [
    startLine,
    `Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK${callId}`,
    'From: <sip:a@192.0.2.1>;tag=1',
    'To: <sip:b@192.0.2.2>',
    `Call-ID: ${callId}`,
    'CSeq: 1 INVITE',
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${contentLength}`,
    '',
    body,
  ].join('\r\n');
}

const invite = (callId: string, body = sdp, contentLength = body.length): string =>
  message('INVITE sip:b@192.0.2.2 SIP/2.0', callId, body, contentLength);
const ok = (callId: string): string => message('SIP/2.0 200 OK', callId);

interface Seen {
  readonly text: string;
  readonly callId: string;
  readonly status: number;
  readonly isTruncated: boolean;
  readonly sdp: string[];
  readonly located: string | null;
}

/** Feeds `parts` one after the other, as if they lay in a file one after the other; a number is a gap. */
function run(parts: readonly (Uint8Array | number)[]): { seen: Seen[]; codes: string[] } {
  const seen: Seen[] = [];
  const codes: string[] = [];
  const sink: DiagnosticSink = { report: (_severity, code) => codes.push(code) };
  const file = utf8Bytes(parts.map((part) => (typeof part === 'number' ? '' : utf8Text(part))).join(''));
  const take = (m: SipMessage): void => {
    seen.push({
      text: utf8Text(m.bytes, m.start, m.end),
      callId: m.callId,
      status: m.statusCode,
      isTruncated: m.isTruncated,
      sdp: sessionDescriptions(m),
      located: m.pieces && m.pieces.map((p) => utf8Text(file, p.fileOffset, p.fileOffset + p.length)).join(''),
    });
  };
  const parser = new SipStreamParser(sink, take);
  let offset = 0;
  let frame = 1;
  for (const part of parts) {
    if (typeof part === 'number') {
      parser.gap(part, frame);
      continue;
    }
    parser.push(part, 0, part.length, frame, frame * 1000, offset);
    offset += part.length;
    frame += 1;
  }
  parser.end();
  return { seen, codes };
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const at of [...places, bytes.length]) {
    if (at > from) parts.push(bytes.subarray(from, at));
    from = at;
  }
  return parts;
}

const oneByOne = (bytes: Uint8Array): Uint8Array[] => split(bytes, [...bytes.keys()]);
const ids = (parts: readonly (Uint8Array | number)[]): string[] => run(parts).seen.map((s) => s.callId);

describe('SipStreamParser', () => {
  it('reads several messages of one segment and leaves keep-alives out', () => {
    const { seen, codes } = run([utf8Bytes(`\r\n\r\n${invite('one')}\r\n\r\n${ok('one')}${ok('two')}\r\n\r\n`)]);
    expect(seen.map((s) => [s.callId, s.status])).toEqual([
      ['one', 0],
      ['one', 200],
      ['two', 200],
    ]);
    expect(seen[0].text).toBe(invite('one'));
    expect(seen[0].sdp).toEqual([sdp]);
    expect(codes).toEqual([]);
  });

  it('puts a message over many segments together and says where its pieces lie', () => {
    const bytes = utf8Bytes(invite('one') + ok('one'));
    const { seen } = run(split(bytes, [10, 200, 400]));
    expect(seen.map((s) => s.located)).toEqual(seen.map((s) => s.text));
    expect(seen.map((s) => s.text)).toEqual([invite('one'), ok('one')]);
  });

  it('locates no message that came in too many pieces with holes between them', () => {
    const found: unknown[] = [];
    const parser = new SipStreamParser({ report: () => undefined }, (m) => found.push(m.pieces));
    const bytes = utf8Bytes(invite('one'));
    for (let i = 0; i < bytes.length; i += 1) parser.push(bytes, i, i + 1, i, i, 100 * i);
    expect(found).toEqual([null]);
  });

  it('gives a message the frame and the time of its last byte', () => {
    const found: number[][] = [];
    const parser = new SipStreamParser({ report: () => undefined }, (m) => found.push([m.frame, m.timeNs]));
    const bytes = utf8Bytes(invite('one'));
    parser.push(bytes, 0, 50, 7, 70);
    parser.push(bytes, 50, bytes.length, 9, 90);
    expect(found).toEqual([[9, 90]]);
  });

  it('goes on at the next start line after garbage, and says so', () => {
    const { seen, codes } = run([utf8Bytes(`${ok('one')}\u0001garbage\nmore of it\r\n${ok('two')}`)]);
    expect(seen.map((s) => s.callId)).toEqual(['one', 'two']);
    expect(codes).toEqual(['sip-stream-garbage']);
  });

  it('is not disturbed by a stream entered in the middle', () => {
    const { seen, codes } = run([utf8Bytes(`${invite('one').slice(40)}${ok('two')}`)]);
    expect(seen.map((s) => s.callId)).toEqual(['two']);
    expect(codes).toEqual([]);
  });

  it('survives a Content-Length too long, too short, absurd, and missing', () => {
    expect(ids([utf8Bytes(invite('one', sdp, sdp.length + 4) + ok('two'))])).toEqual(['one', 'two']);
    expect(ids([utf8Bytes(invite('one', sdp, sdp.length + 60) + ok('two'))])).toEqual(['one', 'two']);
    expect(ids([utf8Bytes(invite('one', sdp, sdp.length - 8) + ok('two'))])).toEqual(['one', 'two']);
    const absurd = run([utf8Bytes(invite('one', sdp, 4_000_000_000) + ok('two'))]);
    expect(absurd.seen.map((s) => s.callId)).toEqual(['one', 'two']);
    expect(absurd.codes).toContain('sip-content-length');
    const none = invite('one').replace(/Content-Length.*\r\n/, '');
    expect(ids([utf8Bytes(none + ok('two'))])).toEqual(['one', 'two']);
  });

  it('gives out what is there of a message of which a part was lost, and finds the next one', () => {
    const bytes = utf8Bytes(invite('one') + ok('two'));
    const cut = invite('one').length - 30;
    const { seen, codes } = run([bytes.subarray(0, cut), 20, bytes.subarray(cut + 20)]);
    expect(seen.map((s) => [s.callId, s.isTruncated])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    // The line that was cut is not believed.
    expect(seen[0].sdp[0].endsWith('\n')).toBe(true);
    expect(codes).toEqual([]);
  });

  it('gives out a message whose header was cut, without the header line that was cut', () => {
    const text = invite('one');
    const cut = text.indexOf('Call-ID: one') + 10;
    const { seen } = run([utf8Bytes(text.slice(0, cut)), 5000, utf8Bytes(ok('two'))]);
    expect(seen.map((s) => [s.callId, s.isTruncated])).toEqual([
      ['', true],
      ['two', false],
    ]);
  });

  it('gives out what is there at the end', () => {
    const text = invite('one');
    expect(run([utf8Bytes(text.slice(0, -10))]).seen.map((s) => [s.callId, s.isTruncated])).toEqual([['one', true]]);
    expect(run([utf8Bytes(text.slice(0, 7))]).seen).toEqual([]);
  });

  it('gives up a header without end', () => {
    const endless = `INVITE sip:b@192.0.2.2 SIP/2.0\r\nCall-ID: one\r\n${'X-Filler: 0123456789\r\n'.repeat(4000)}`;
    const { seen, codes } = run([utf8Bytes(endless + ok('two'))]);
    expect(seen.map((s) => [s.callId, s.isTruncated])).toEqual([
      ['one', true],
      ['two', false],
    ]);
    expect(codes).toContain('sip-header-length');
  });

  const scraps = [
    invite('one'),
    ok('two'),
    invite('three', sdp, sdp.length + 7),
    invite('four', sdp, sdp.length - 9),
    invite('five', sdp, 9e9),
    invite('six').replace(/\r\n/g, '\n'),
    '\r\n\r\n',
    'garbage',
    'more\r\n',
    'SIP/2.0 200',
    'x'.repeat(9000),
  ];
  const streams = fc.array(fc.oneof(fc.constantFrom(...scraps), fc.string({ maxLength: 40 })), { maxLength: 8 });

  it('gives the same however the bytes are split', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat(), { maxLength: 30 }), (texts, cuts) => {
        const bytes = utf8Bytes(texts.join(''));
        const whole = run([bytes]);
        const parts = run(split(bytes, cuts));
        expect(parts.seen).toEqual(whole.seen);
        expect(new Set(parts.codes)).toEqual(new Set(whole.codes));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same one byte at a time', () => {
    fc.assert(
      fc.property(streams, (texts) => {
        const bytes = utf8Bytes(texts.join('').slice(0, 12_000));
        expect(run(oneByOne(bytes)).seen).toEqual(run([bytes]).seen);
      }),
      { numRuns: 25 },
    );
  });

  it('never throws and keeps no more than its limits, whatever comes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(...scraps).map((text) => utf8Bytes(text)),
      fc.integer({ min: 1, max: 5000 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const parser = new SipStreamParser({ report: () => undefined }, (m) => sessionDescriptions(m));
        for (const p of parts) {
          if (typeof p === 'number') parser.gap(p, 1);
          else parser.push(p, 0, p.length, 1, 1);
        }
        parser.end();
        expect((parser as unknown as { buffer: Uint8Array }).buffer.length).toBe(0);
      }),
    );
  });

  it('keeps no more than one message while one never ends', () => {
    const parser = new SipStreamParser({ report: () => undefined }, () => undefined);
    const head = utf8Bytes(invite('one', '', 1_000_000).replace('Content-Length: 0', 'Content-Length: 1000000'));
    parser.push(head, 0, head.length, 1, 1);
    const filler = new Uint8Array(60_000);
    for (let i = 0; i < 100; i += 1) {
      parser.push(filler, 0, filler.length, i, i);
      expect((parser as unknown as { buffer: Uint8Array }).buffer.length).toBeLessThan(3 * 1024 * 1024);
    }
  });
});
