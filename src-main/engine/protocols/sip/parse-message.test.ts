import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Bytes, utf8Text } from '../../bytes/text';
import { sessionDescriptions } from './body';
import { readSipText } from './detail';
import type { SipMessage, SipOrigin } from './message';
import { parseSipDatagram } from './parse-message';
import { looksLikeSip } from './start-line';

const origin: SipOrigin = { frame: 1, timeNs: 5, fileOffset: 1000, missing: 0 };

function parseBytes(bytes: Uint8Array, from: Partial<SipOrigin> = {}): { message: SipMessage | null; codes: string[] } {
  const codes: string[] = [];
  const sink = { report: (_severity: string, code: string) => codes.push(code) };
  return { message: parseSipDatagram(bytes, 0, bytes.length, { ...origin, ...from }, sink), codes };
}

function parse(text: string, from: Partial<SipOrigin> = {}): SipMessage {
  const { message } = parseBytes(utf8Bytes(text), from);
  expect(message).not.toBeNull();
  return message as SipMessage;
}

const lines = (...all: string[]): string => all.join('\r\n');
const looks = (text: string): boolean => looksLikeSip(utf8Bytes(text), 0, utf8Bytes(text).length);
const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';

describe('parseSipDatagram', () => {
  it('reads a plain request', () => {
    const text = lines(
      'INVITE sip:bob@example.com SIP/2.0',
      'Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK776, SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKother',
      'Max-Forwards: 70',
      'From: "Alice; the <first>" <sip:alice@example.com>;tag=1928301774',
      'To: Bob <sip:bob@example.com>',
      'Call-ID: a84b4c76e66710@192.0.2.1',
      'CSeq: 314159 INVITE',
      'Contact: <sip:alice@192.0.2.1>, <sip:alice@192.0.2.2>',
      'Content-Type: application/sdp',
      `Content-Length: ${sdp.length}`,
      '',
      sdp,
    );
    const { message, codes } = parseBytes(utf8Bytes(text));
    expect(codes).toEqual([]);
    expect(message).toMatchObject({
      isRequest: true,
      method: 'INVITE',
      statusCode: 0,
      callId: 'a84b4c76e66710@192.0.2.1',
      fromTag: '1928301774',
      toTag: '',
      cseqNumber: 314159,
      branch: 'z9hG4bK776',
      contact: '<sip:alice@192.0.2.1>',
      contentType: 'application/sdp',
      isTruncated: false,
      frame: 1,
      timeNs: 5,
      pieces: [{ fileOffset: 1000, length: text.length }],
    });
    expect(sessionDescriptions(message as SipMessage)).toEqual([sdp]);
  });

  it('reads a response and takes its method from CSeq', () => {
    const message = parse(
      'SIP/2.0 486 Busy Here\r\nCSeq: 7 INVITE\r\nCall-ID: x\r\nTo: <sip:b>;tag=9\r\nReason: Q.850;cause=17\r\n\r\n',
    );
    expect(message).toMatchObject({
      isRequest: false,
      statusCode: 486,
      reasonPhrase: 'Busy Here',
      method: 'INVITE',
      toTag: '9',
      reason: 'Q.850;cause=17',
    });
  });

  // After RFC 4475, section 3.1.1.1: everything a valid message may do to confuse a parser.
  it('reads compact, folded, oddly written and repeated fields', () => {
    const message = parse(
      lines(
        'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
        'TO :',
        ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n',
        'f   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
        '  ;',
        '  tag = 98asjd8',
        'MaX-fOrWaRdS: 0068',
        'i: wsinv.ndaksdj@192.0.2.1',
        'content-LENGTH   : 150',
        'cseq: 0009',
        '  INVITE',
        'Via  : SIP  /   2.0',
        ' /UDP',
        '    192.0.2.2;branch=390skdjuw',
        's :',
        'NewFangledHeader:   newfangled value',
        ' continued newfangled value',
        'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
        '  branch  =   z9hG4bK9ikj8  ,',
        ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=z9hG4bK30239',
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
        '      newvalue ;',
        '  secondparam ; q = 0.33',
        '',
        '',
      ),
    );
    expect(message).toMatchObject({
      method: 'INVITE',
      callId: 'wsinv.ndaksdj@192.0.2.1',
      toTag: '1918181833n',
      fromTag: '98asjd8',
      cseqNumber: 9,
      branch: '390skdjuw',
    });
    expect(message.contact).toContain('<sip:jdrosen@example.com>');
  });

  it('takes LF alone as the end of a line', () => {
    const message = parse(`INVITE sip:b SIP/2.0\nCall-ID: x\nCSeq: 1 INVITE\nc: application/sdp\n\n${sdp}`);
    expect(message.callId).toBe('x');
    expect(sessionDescriptions(message)).toEqual([sdp]);
  });

  it('leaves empty lines before the message out of it', () => {
    const message = parse('\r\n\r\nBYE sip:b SIP/2.0\r\nCall-ID: x\r\n\r\n');
    expect(message.start).toBe(4);
    expect(message.pieces).toEqual([{ fileOffset: 1004, length: message.end - 4 }]);
  });

  it('gives no place for bytes that are not in the file', () => {
    expect(parse('BYE sip:b SIP/2.0\r\n\r\n', { fileOffset: -1 }).pieces).toBeNull();
  });

  it('takes the whole datagram as body when Content-Length is missing or wrong', () => {
    for (const length of ['', 'Content-Length: 5\r\n', 'Content-Length: 9999\r\n', 'Content-Length: many\r\n']) {
      const { message, codes } = parseBytes(
        utf8Bytes(
          `INVITE sip:b SIP/2.0\r\nCall-ID: x\r\nFrom: <sip:a>\r\nTo: <sip:b>\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n${length}\r\n${sdp}`,
        ),
      );
      expect(sessionDescriptions(message as SipMessage)).toEqual([sdp]);
      expect(codes).toEqual(length === '' ? [] : ['sip-content-length']);
    }
  });

  it('takes line ends after the body for habit', () => {
    const { message, codes } = parseBytes(
      utf8Bytes('BYE sip:b SIP/2.0\r\nCall-ID: x\r\nFrom: a\r\nTo: b\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n\r\n'),
    );
    expect(codes).toEqual([]);
    expect(message?.bodyEnd).toBe(message?.bodyStart);
  });

  it('yields what is readable of a message cut by the capture', () => {
    const whole = `INVITE sip:b@192.0.2.2 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKabc\r\nCall-ID: abcdef\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;
    const inCallId = parse(whole.slice(0, whole.indexOf('abcdef') + 3), { missing: 100 });
    expect(inCallId).toMatchObject({ isTruncated: true, branch: 'z9hG4bKabc', callId: '', method: 'INVITE' });
    const inBody = parse(whole.slice(0, -5), { missing: 5 });
    expect(inBody).toMatchObject({ isTruncated: true, callId: 'abcdef' });
    // `m=audio 4000 RTP/` is not believed.
    expect(sessionDescriptions(inBody)[0]).not.toContain('m=');
    expect(parse('INVITE sip:b@19', { missing: 900 })).toMatchObject({ method: 'INVITE', callId: '' });
  });

  it('tells keep-alives from garbage', () => {
    for (const text of ['\r\n\r\n', '\0\0\0\0', 'jaK', '', '\0'.repeat(40)]) {
      expect(parseBytes(utf8Bytes(text))).toEqual({ message: null, codes: [] });
    }
    expect(parseBytes(utf8Bytes('HTTP/1.1 200 OK\r\n\r\n'))).toEqual({ message: null, codes: ['sip-start-line'] });
  });

  it('reports what is missing or contradictory', () => {
    expect(parseBytes(utf8Bytes('BYE sip:b SIP/2.0\r\nno colon\r\n\r\n')).codes).toEqual([
      'sip-header',
      'sip-missing-header',
    ]);
    expect(
      parseBytes(utf8Bytes('BYE sip:b SIP/2.0\r\nCSeq: 1 INVITE\r\nFrom: a\r\nTo: b\r\nCall-ID: c\r\n\r\n')).codes,
    ).toEqual(['sip-cseq']);
    expect(
      parseBytes(utf8Bytes('BYE sip:b SIP/2.0\r\nCSeq: 1 BYE\r\nFrom: a\r\nTo: b\r\nCall-ID: c\r\n')).codes,
    ).toEqual(['sip-header-end']);
  });

  it('finds session descriptions in multipart bodies', () => {
    const isup = '\u0001\u0010H\u0000\n\u0003';
    const body = lines(
      'preamble',
      '--unique-boundary-1',
      'Content-Type: application/isup; version=nxv3',
      '',
      isup,
      '--unique-boundary-1',
      'content-type : application/SDP ; charset=utf-8',
      '',
      sdp.trimEnd(),
      '--unique-boundary-1--',
      'epilogue',
    );
    const invite = `INVITE sip:b SIP/2.0\r\nCall-ID: x\r\nContent-Type: multipart/mixed; boundary="unique-boundary-1"\r\n\r\n${body}`;
    expect(sessionDescriptions(parse(invite))).toEqual([sdp]);
    const nested = `INVITE sip:b SIP/2.0\r\nCall-ID: x\r\nContent-Type: multipart/mixed;boundary=outer\r\n\r\n--outer\r\nContent-Type: multipart/alternative;boundary=unique-boundary-1\r\n\r\n${body}\r\n--outer--\r\n`;
    expect(sessionDescriptions(parse(nested))).toEqual([sdp]);
  });

  it('finds no description in an encoded or foreign body', () => {
    expect(sessionDescriptions(parse(`INVITE sip:b SIP/2.0\r\nc: application/sdp\r\ne: gzip\r\n\r\n${sdp}`))).toEqual(
      [],
    );
    expect(sessionDescriptions(parse(`MESSAGE sip:b SIP/2.0\r\nc: text/plain\r\n\r\n${sdp}`))).toEqual([]);
    expect(sessionDescriptions(parse(`INVITE sip:b SIP/2.0\r\n\r\n${sdp}`))).toEqual([sdp]);
  });

  const base = lines(
    'INVITE sip:bob@example.com SIP/2.0',
    'v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK776',
    'From: "A\\"l" <sip:alice@example.com>;tag=1',
    'To: <sip:bob@example.com>',
    'Call-ID: x',
    'CSeq: 1 INVITE',
    'Content-Type: multipart/mixed;boundary=b',
    '',
    `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}--b--`,
  );
  const damaged = fc
    .tuple(
      fc.array(fc.tuple(fc.nat(base.length), fc.nat(20), fc.uint8Array({ maxLength: 12 })), { maxLength: 6 }),
      fc.nat(base.length),
    )
    .map(([edits, cut]) => {
      let bytes = utf8Bytes(base);
      for (const [at, removed, inserted] of edits) {
        const from = Math.min(at, bytes.length);
        const to = Math.min(from + removed, bytes.length);
        bytes = Uint8Array.from([...bytes.subarray(0, from), ...inserted, ...bytes.subarray(to)]);
      }
      return bytes.subarray(0, bytes.length - (cut % 3 === 0 ? Math.min(cut, bytes.length) : 0));
    });

  it('never throws, and what it gives lies within the datagram', () => {
    fc.assert(
      fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 400 })), fc.boolean(), (bytes, isCut) => {
        const { message } = parseBytes(bytes, { missing: isCut ? 10 : 0 });
        readSipText(bytes);
        if (!message) return;
        expect(looksLikeSip(bytes, 0, bytes.length)).toBe(true);
        expect(message.start).toBeGreaterThanOrEqual(0);
        expect(message.bodyStart).toBeGreaterThanOrEqual(message.start);
        expect(message.bodyEnd).toBeGreaterThanOrEqual(message.bodyStart);
        expect(message.end).toBe(bytes.length);
        sessionDescriptions(message);
      }),
      { numRuns: 400 },
    );
  });

  it('takes time in proportion to the size of what comes', () => {
    const hostile = [
      `INVITE sip:b SIP/2.0\r\n${'a'.repeat(60_000)}`,
      `INVITE sip:b SIP/2.0\r\nFrom: ${'"'.repeat(60_000)}\r\n\r\n`,
      `INVITE sip:b SIP/2.0\r\nFrom: ${';tag'.repeat(15_000)}\r\n\r\n`,
      `INVITE sip:b SIP/2.0\r\nFrom: x\r\n${' \r\n'.repeat(20_000)}\r\n`,
      `INVITE sip:b SIP/2.0\r\nVia: ${'<'.repeat(60_000)}\r\n\r\n`,
      `INVITE sip:b SIP/2.0\r\nc: multipart/mixed;boundary=-\r\n\r\n${'---\r\n\r\n'.repeat(8000)}`,
    ].map(utf8Bytes);
    const began = performance.now();
    for (const bytes of hostile) {
      const { message } = parseBytes(bytes);
      sessionDescriptions(message as SipMessage);
      readSipText(bytes);
    }
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('looksLikeSip', () => {
  it('knows start lines on any port', () => {
    expect(looks('INVITE sip:bob@example.com SIP/2.0\r\nVia:')).toBe(true);
    expect(looks('\r\n\r\nSIP/2.0 180 Ringing\r\n')).toBe(true);
    expect(looks('SIP/2.0 200\r\n')).toBe(true);
    expect(looks('sip/2.0 200 ok\n')).toBe(true);
    expect(looks('OPTIONS sips:[2001:db8::1]:5061 SIP/2.0\n')).toBe(true);
    expect(looks('MESSAGE tel:+1-201-555-0123 SIP/2.0\r\n')).toBe(true);
    expect(
      looks("!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)@example.com SIP/2.0\r\n"),
    ).toBe(true);
  });

  it('knows a start line cut off by the end', () => {
    expect(looks('INVITE sip:bob@exam')).toBe(true);
    expect(looks('SIP/2.0 200 O')).toBe(true);
    expect(looks('GET http://exam')).toBe(false);
    expect(looks('INVITE')).toBe(false);
  });

  it('takes nothing else for SIP', () => {
    for (const text of [
      '',
      'OPTIONS rtsp://example.com/media RTSP/1.0\r\n',
      'GET sip:a HTTP/1.1\r\n',
      'HTTP/1.1 200 OK\r\n',
      'RTSP/1.0 200 OK\r\n',
      'SIP/2.0 abc\r\n',
      'SIP/2.0 999 x\r\n',
      'INVITE  SIP/2.0\r\n',
      ' INVITE sip:a SIP/2.0\r\n',
      'v=0\r\n',
      'x'.repeat(20_000),
    ]) {
      expect(looks(text)).toBe(false);
    }
  });

  it('never looks past the end', () => {
    const bytes = utf8Bytes('INVITE sip:bob@example.com SIP/2.0\r\n');
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), (a, b) => {
        const [start, end] = a < b ? [a, b] : [b, a];
        expect(looksLikeSip(bytes, start, end)).toBe(looks(utf8Text(bytes, start, end)));
      }),
    );
  });
});

describe('readSipText', () => {
  it('shows header fields in full and in one line, in their order', () => {
    const text = readSipText(
      utf8Bytes(
        'BYE sip:b SIP/2.0\r\nv: SIP/2.0/UDP\r\n\t192.0.2.1\r\nX-Odd : grüße\r\ni:x\r\n\r\nbody\r\nof two lines',
      ),
    );
    expect(text).toEqual({
      startLine: 'BYE sip:b SIP/2.0',
      headers: [
        { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1' },
        { name: 'X-Odd', value: 'grüße' },
        { name: 'Call-ID', value: 'x' },
      ],
      body: 'body\r\nof two lines',
    });
  });
});
