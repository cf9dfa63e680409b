import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http1Protocol } from './http-protocol';
import { type Sent, type Transcript, bytesOf, transcribe } from './testing/transcript';

const http1 = (sent: readonly Sent[], piece?: (left: number) => number): Transcript =>
  transcribe((sink) => new Http1Protocol(sink), sent, piece);

const get = (target: string, more = ''): Sent => [0, `GET ${target} HTTP/1.1\r\nHost: h\r\n${more}\r\n`];
const answer = (body: string, more = ''): Sent => [
  1,
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`,
];

describe('HTTP/1.x', () => {
  it('pairs pipelined requests with their responses', () => {
    const { exchanges, codes } = http1([get('/1'), get('/2'), answer('one'), answer('two')]);
    expect(exchanges.map(({ request, responseBody }) => [request, responseBody.text])).toEqual([
      ['GET /1', 'one'],
      ['GET /2', 'two'],
    ]);
    expect(codes).toEqual([]);
  });

  it('takes chunks apart, with extensions and trailers', () => {
    const chunks = '4;name="a;b"\r\nwiki\r\n5 \r\npedia\r\n0\r\nExpires: now\r\n\r\n';
    const { exchanges } = http1([
      get('/'),
      [1, `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`],
      get('/2'),
      answer('x'),
    ]);
    expect(exchanges.map(({ responseBody }) => responseBody)).toEqual([
      { text: 'wikipedia', holes: [], complete: true },
      { text: 'x', holes: [], complete: true },
    ]);
  });

  it.each([
    ['HEAD', 'HEAD / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'],
    ['204', 'DELETE / HTTP/1.1\r\n\r\n', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ['304', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
  ])('expects no body after %s', (_name, request, response) => {
    const { exchanges, codes } = http1([[0, request], [1, response], get('/next'), answer('body')]);
    expect(exchanges.map(({ responseBody }) => responseBody.text)).toEqual(['', 'body']);
    expect(codes).toEqual([]);
  });

  it('keeps interim responses apart from the final one', () => {
    const put: Sent = [0, 'PUT /x HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n'];
    const { exchanges } = http1([put, [1, 'HTTP/1.1 100 Continue\r\n\r\n'], [0, 'abc'], answer('done')]);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({ status: 200, requestBody: { text: 'abc' }, responseBody: { text: 'done' } });
  });

  it('reads a body until the connection closes', () => {
    const { exchanges } = http1([get('/'), [1, 'HTTP/1.0 200 OK\r\n\r\nall of'], [1, ' this']]);
    expect(exchanges[0].responseBody).toEqual({ text: 'all of this', holes: [], complete: true });
  });

  it('understands bare line feeds, folded lines and empty lines in front', () => {
    const { exchanges } = http1([
      [0, '\r\n\nGET / HTTP/1.1\nHost: h\nX: a\n  b\n\n'],
      [1, 'HTTP/1.1 200 OK\nContent-Length:\n 2\n\nhi'],
    ]);
    expect(exchanges).toMatchObject([{ request: 'GET /', responseBody: { text: 'hi' } }]);
  });

  it('does not believe a length that the connection contradicts', () => {
    const lies: Sent = [1, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhello'];
    const { exchanges, codes } = http1([get('/1'), lies, get('/2'), answer('good')]);
    expect(exchanges.map(({ responseBody }) => responseBody.text)).toEqual(['he', 'good']);
    expect(codes).toContain('http-garbage');
    const twice = http1([get('/'), [1, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi']]);
    expect(twice.codes).toContain('http-content-length');
  });

  it('sees the next response where a body was to be longer', () => {
    const short: Sent = [1, 'HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\nshort'];
    const { exchanges, codes } = http1([
      get('/1'),
      short,
      get('/2'),
      [1, ' but true'],
      [1, 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'],
    ]);
    expect(exchanges.map(({ responseBody: { text, complete } }) => [text, complete])).toEqual([
      ['short but true', false],
      ['good', true],
    ]);
    expect(codes).toEqual(['http-content-length']);
  });

  it('keeps requests without responses, and the reverse', () => {
    expect(http1([get('/'), get('/2')]).exchanges.map(({ request, status }) => [request, status])).toEqual([
      ['GET /', null],
      ['GET /2', null],
    ]);
    expect(http1([answer('alone')]).exchanges).toMatchObject([{ request: null, responseBody: { text: 'alone' } }]);
  });

  it('survives chunks of four gigabytes', () => {
    const { exchanges } = http1([
      get('/'),
      [1, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc'],
    ]);
    expect(exchanges[0].responseBody).toEqual({ text: 'abc', holes: [], complete: false });
  });

  it('knows Icecast: a source that sends until it closes, and ICY answers', () => {
    const source = http1([
      [0, 'SOURCE /live ICE/1.0\r\nContent-Type: audio/mpeg\r\n\r\n'],
      [1, 'HTTP/1.0 200 OK\r\n\r\n'],
      [0, 'music'],
    ]);
    expect(source.exchanges).toMatchObject([{ request: 'SOURCE /live', requestBody: { text: 'music' } }]);
    const listener = http1([get('/'), [1, 'ICY 200 OK\r\nicy-metaint: 4\r\n\r\nmusic']]);
    expect(listener.exchanges).toMatchObject([{ status: 200, responseBody: { text: 'music' } }]);
  });

  it('hands on what a tunnel carries', () => {
    const { inside, exchanges } = http1([
      [0, 'CONNECT h:443 HTTP/1.1\r\n\r\n'],
      [0, 'early'],
      [1, 'HTTP/1.1 200 Established\r\n\r\nserver'],
      [0, ' client'],
    ]);
    expect(inside).toEqual({ 'CONNECT 0': 'early client', 'CONNECT 1': 'server' });
    expect(exchanges).toMatchObject([{ request: 'CONNECT h:443', status: 200 }]);
  });

  it('goes on as HTTP when the tunnel is refused', () => {
    const refused: Sent = [1, 'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'];
    const { exchanges } = http1([[0, 'CONNECT h:443 HTTP/1.1\r\n\r\n'], get('/early'), refused, answer('ok')]);
    expect(exchanges.map(({ request, status }) => [request, status])).toEqual([
      ['CONNECT h:443', 407],
      ['GET /early', 200],
    ]);
  });

  describe('loss', () => {
    it('costs a body of known length exactly the lost bytes', () => {
      const body = 'x'.repeat(300);
      fc.assert(
        fc.property(fc.nat(298), fc.integer({ min: 1, max: 300 }), (from, wanted) => {
          const length = Math.min(wanted, body.length - from);
          const { exchanges } = http1([
            get('/1'),
            [1, `HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n${body.slice(0, from)}`],
            [1, length],
            [1, body.slice(from + length)],
            get('/2'),
            answer('next'),
          ]);
          expect(exchanges.map(({ request }) => request)).toEqual(['GET /1', 'GET /2']);
          expect(exchanges[0].responseBody.holes).toEqual([[from, length]]);
          expect(exchanges[0].responseBody.text).toHaveLength(300);
          expect(exchanges[1].responseBody.text).toBe('next');
        }),
      );
    });

    it('that takes a head with it is over at the next start line', () => {
      const { exchanges, codes } = http1([
        get('/1'),
        [1, 'HTTP/1.1 200 OK\r\nContent-Le'],
        [1, 400],
        [1, 'rest of a body'],
        get('/2'),
        [1, `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext`],
      ]);
      expect(exchanges.map(({ request, responseBody }) => [request, responseBody.text])).toEqual([
        ['GET /1', ''],
        ['GET /2', 'next'],
      ]);
      expect(codes).toEqual([]);
    });

    it('of a whole response leaves its request without one', () => {
      const { exchanges } = http1([get('/1'), [1, 400], get('/2'), answer('two')]);
      expect(exchanges.map(({ request, responseBody }) => [request, responseBody.text])).toEqual([
        ['GET /1', ''],
        ['GET /2', 'two'],
      ]);
    });

    it('across chunks finds the next chunk', () => {
      const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
      const [a, b, c] = ['a'.repeat(50), 'b'.repeat(50), 'c'.repeat(50)];
      const whole = chunk(a) + chunk(b) + chunk(c);
      const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      const lostFrom = 4 + 40;
      const { exchanges, codes } = http1([
        get('/'),
        [1, head + whole.slice(0, lostFrom)],
        [1, 30],
        [1, `${whole.slice(lostFrom + 30)}0\r\n\r\n`],
      ]);
      const { text, complete } = exchanges[0].responseBody;
      expect(text.startsWith('a'.repeat(40))).toBe(true);
      expect(text.endsWith(c)).toBe(true);
      expect(complete).toBe(true);
      expect(codes).toEqual(['http-chunks-lost']);
    });
  });

  it('tells the same however the bytes are split', () => {
    const script: readonly Sent[] = [
      get('/1'),
      get('/2'),
      [
        1,
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10;x\r\n0123456789abcdef\r\n0\r\nT: 1\r\n\r\n',
      ],
      answer('HTTP/1.1 404 is text'),
      [0, 'garbage\r\nPOST /3 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello'],
      [1, 'tail of somethingHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345'],
      [1, 3],
      [1, '90'],
      [0, 'HEAD / HTTP/1.0\r\n\r\n'],
      [1, 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
      get('/close'),
      [1, 'HTTP/1.0 200 OK\r\n\r\nHTTP/ is not a start line'],
    ];
    const whole = http1(script);
    expect(http1(script, () => 1)).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (lengths) => {
        let i = 0;
        expect(http1(script, () => lengths[i++ % lengths.length])).toEqual(whole);
      }),
    );
  });

  it('never throws, whatever comes, and tells the same when it comes byte by byte', () => {
    const words = fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'HTTP/1.1 200 OK\r\n',
      'Content-Length: 10\r\n',
      'Content-Length: -1\r\n',
      '\r\n',
      '\n',
      'Transfer-Encoding: chunked\r\n',
      '5\r\nhello\r\n',
      '0\r\n\r\n',
      'ffffffffffffffff\r\n',
      'zz\r\n',
      ' folded\r\n',
      'CONNECT a:1 HTTP/1.1\r\n\r\n',
      'HTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n',
      'Connection: upgrade\r\nUpgrade: x\r\n',
      'HTTP/1.1',
      '\r',
      'HEAD',
      ': \r\n',
      'Content-Range: bytes 0-1/2\r\n',
      'SOURCE /a ICE/1.0\r\n\r\n',
      '\r\n1',
      '\0\xff',
    );
    const piece = fc.oneof({ weight: 5, arbitrary: words }, { weight: 1, arbitrary: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), piece), { maxLength: 40 }), (sent) => {
        expect(http1(sent, () => 1)).toEqual(http1(sent));
      }),
      { numRuns: 500 },
    );
  });
});

describe('recognition of HTTP/1.x', () => {
  const protocol = new Http1Protocol({} as never);
  const probe = (text: string, isStart = true) => protocol.probe(bytesOf(text), 0, text.length, isStart);

  it.each([
    ['GET / HTTP/1.1\r\n', 'yes'],
    ['HTTP/1.1 200 OK\r\n', 'yes'],
    ['ICY 200 OK\r\n', 'yes'],
    ['SOURCE /a ICE/1.0\r\n', 'yes'],
    ['GE', 'more'],
    ['GET /a-long-path', 'more'],
    ['DESCRIBE rtsp://h/ RTSP/1.0\r\n', 'no'],
    ['OPTIONS * RTSP/1.0\r\n', 'no'],
    ['RTSP/1.0 200 OK\r\n', 'no'],
    ['SIP/2.0 200 OK\r\n', 'no'],
    ['INVITE sip:a@b SIP/2.0\r\n', 'no'],
    ['EHLO there\r\n', 'no'],
    ['\x16\x03\x01', 'no'],
  ])('%j: %s', (text, verdict) => {
    expect(probe(text)).toBe(verdict);
  });

  it('waits for nothing in the middle of a connection', () => {
    expect(probe('GET /a-long-path', false)).toBe('no');
    expect(probe('GET / HTTP/1.1\r\n', false)).toBe('yes');
  });
});
