import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { latin1Text } from '../../bytes/text';
import type { HttpConsumer } from './http-tracker';
import { feedHttp, type Sent } from './testing/feed-http';

const get = (target: string, more = ''): Sent => [
  'client',
  `GET ${target} HTTP/1.1\r\nHost: example.net\r\n${more}\r\n`,
];
const answer = (body: string, more = '', status = '200 OK'): Sent => [
  'server',
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n${more}\r\n${body}`,
];

describe('HttpTracker', () => {
  it('serves exchanges with their times and figures', () => {
    const { http } = feedHttp([
      get('/a?b=c', 'User-Agent: test\r\n'),
      [
        'server',
        'HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: Text/Plain; charset=utf-8\r\nContent-Length: 2000\r\n\r\n',
      ],
      ['server', 'x'.repeat(1000)],
      ['server', 'x'.repeat(1000)],
    ]);
    const row = http.tables[0].rows('')?.row(0);
    expect(row).toMatchObject({
      id: 'http-1',
      frame: 3,
      timeSeconds: 0.3,
      client: '192.0.2.1:50000',
      server: '192.0.2.2:8080',
      method: 'GET',
      url: 'http://example.net/a?b=c',
      status: 200,
      contentType: 'text/plain',
      bytes: 2000,
      firstByteMs: 100,
      lastByteMs: 300,
      speedBps: 160_000,
      complete: true,
      userAgent: 'test',
      product: 's',
    });
    expect(row?.durationSeconds).toBeCloseTo(0.3);
    const detail = http.message('http-1');
    expect(detail?.title).toBe('GET http://example.net/a?b=c');
    expect(detail?.fields.map(({ name, value, children }) => [name, value, children.length])).toEqual([
      ['Request', 'GET /a?b=c HTTP/1.1', 2],
      ['Response', 'HTTP/1.1 200 OK', 3],
    ]);
  });

  it.each([
    ['gzip', (text: string) => gzipSync(text)],
    ['deflate', (text: string) => deflateSync(text)],
    ['deflate', (text: string) => deflateRawSync(text)],
    ['br', (text: string) => brotliCompressSync(text)],
    ['deflate, gzip', (text: string) => gzipSync(deflateSync(text))],
  ])('undoes the content coding %s', (coding, encode) => {
    const text = '#EXTM3U\n#EXTINF:2,\nsegment.ts\n'.repeat(20);
    const { objects, read, codes } = feedHttp([
      get('/list.m3u8'),
      answer(latin1Text(encode(text)), `Content-Encoding: ${coding}\r\n`),
    ]);
    expect(objects).toMatchObject([
      { bytes: text.length, complete: true, detectedType: 'application/vnd.apple.mpegurl' },
    ]);
    expect(read('object-1')).toBe(text);
    expect(codes).toEqual([]);
  });

  it('undoes Zstandard', () => {
    // `zstd` of "hello hello hello hello hello hello\n".
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, 0x29, 0, 0, 0x68, 0x65, 0x6c, 0x6c, 0x6f];
    const { read } = feedHttp([get('/'), answer(String.fromCharCode(...frame), 'Content-Encoding: zstd\r\n')]);
    expect(read('object-1')).toBe('hello');
  });

  it('does not let a bomb go off, and says so', () => {
    const bomb = gzipSync(Buffer.alloc(80 << 20), { level: 1 });
    const { objects, codes } = feedHttp([get('/'), answer(latin1Text(bomb), 'Content-Encoding: gzip\r\n')]);
    expect(objects).toMatchObject([{ bytes: bomb.length }]);
    expect(codes).toEqual(['http-content-too-large']);
  });

  it('keeps what can be decoded before a hole', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `line ${i * 7919}\n`).join('');
    const coded = latin1Text(gzipSync(text));
    const half = coded.length >> 1;
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n`;
    const { objects, read } = feedHttp([
      get('/'),
      ['server', head + coded.slice(0, half)],
      ['server', 10],
      ['server', coded.slice(half + 10)],
      get('/2'),
      answer('next'),
    ]);
    expect(objects[0].complete).toBe(false);
    expect(objects[0].bytes).toBeGreaterThan(text.length / 4);
    expect(text.startsWith(read('object-1'))).toBe(true);
    expect(read('object-2')).toBe('next');
  });

  it('keeps an object with a hole and knows the hole', () => {
    const body = `\xff\xd8\xff${'x'.repeat(97)}`;
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';
    const { objects, read } = feedHttp([
      get('/picture.cgi'),
      ['server', head + body.slice(0, 50)],
      ['server', 20],
      ['server', body.slice(70)],
      get('/2'),
      answer('next'),
    ]);
    expect(objects[0]).toMatchObject({ name: 'picture.jpg', bytes: 100, missingBytes: 20, complete: false });
    expect(read('object-1')).toBe(body.slice(0, 50) + '\0'.repeat(20) + body.slice(70));
  });

  it('joins ranges of one thing, and shows what none has', () => {
    const whole = Array.from({ length: 100 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
    const part = (from: number, to: number, tag = '"1"'): Sent[] => [
      get('/movie.mp4', `Range: bytes=${from}-${to - 1}\r\n`),
      answer(
        whole.slice(from, to),
        `ETag: ${tag}\r\nContent-Range: bytes ${from}-${to - 1}/100\r\n`,
        '206 Partial Content',
      ),
    ];
    const { objects, read } = feedHttp([...part(60, 100), ...part(0, 30), ...part(20, 50), ...part(0, 10, '"2"')]);
    expect(objects).toMatchObject([
      { bytes: 100, missingBytes: 10, complete: false },
      { bytes: 100, missingBytes: 90, complete: false },
    ]);
    expect(read('object-1')).toBe(whole.slice(0, 50) + '\0'.repeat(10) + whole.slice(60));
    const complete = feedHttp([...part(60, 100), ...part(0, 60)]);
    expect(complete.objects).toMatchObject([{ bytes: 100, missingBytes: 0, complete: true }]);
    expect(complete.read('object-1')).toBe(whole);
  });

  it('joins several ranges in one response', () => {
    const part = (text: string, from: number): string =>
      `--sep\r\nContent-Type: video/mp4\r\nContent-Range: bytes ${from}-${from + text.length - 1}/20\r\n\r\n${text}\r\n`;
    const { objects, read } = feedHttp([
      get('/movie'),
      answer(
        `${part('01234', 0)}${part('fghij', 15)}--sep--\r\n`,
        'Content-Type: multipart/byteranges; boundary=sep\r\n',
        '206 Partial Content',
      ),
    ]);
    expect(objects).toMatchObject([{ bytes: 20, missingBytes: 10, contentType: 'video/mp4' }]);
    expect(read('object-1')).toBe(`01234${'\0'.repeat(10)}fghij`);
  });

  it('tells consumers of heads at once, of bodies as they come, and of what is over', () => {
    const events: string[] = [];
    const consumer: HttpConsumer = {
      onRequest: ({ url }) => {
        events.push(`asked for ${url}`);
        return null;
      },
      onResponse: (exchange) => {
        events.push(`answered ${exchange.response?.status}`);
        exchange.claim('session-1');
        return {
          onData: (bytes, start, end, frame, timeNs) =>
            events.push(`${latin1Text(bytes, start, end)} in frame ${frame} at ${timeNs / 1e9}`),
          onGap: (length) => events.push(`${length} lost`),
          onEnd: (isComplete) => events.push(isComplete ? 'complete' : 'cut'),
        };
      },
      onExchange: (_exchange, record) => events.push(`over, ${record.responseBody?.stored.total} bytes`),
    };
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
    const { http, objects } = feedHttp(
      [get('/1'), ['server', `${head}abc`], ['server', 3], ['server', 'ghi'], get('/2'), answer('')],
      { consumer },
    );
    // The next request shows that bytes before it are lost.
    expect(events.filter((event) => !event.endsWith('/2')).slice(0, 7)).toEqual([
      'asked for http://example.net/1',
      'answered 200',
      'abc in frame 4 at 0.4',
      '3 lost',
      'ghi in frame 5 at 0.5',
      'complete',
      'over, 9 bytes',
    ]);
    expect(objects).toMatchObject([{ sessionId: 'session-1', missingBytes: 3 }]);
    http.claim(http.exchanges[0], 'session-2');
    expect(http.objects()[0].sessionId).toBe('session-1');
    expect(http.ladderOf('session-1')?.items.map((item) => item.label)).toEqual(['GET', '200', 'GET', '200']);
    expect(http.tables[1].rows('session-1')?.count).toBe(4);
  });
});
