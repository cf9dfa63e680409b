import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Http1Protocol, Http2Protocol } from '../http-protocol';
import { type Sent, type Transcript, transcribe } from '../testing/transcript';
import { decodeHuffman } from './huffman';
import { HpackDecoder, unknownText } from './hpack';

const http2 = (sent: readonly Sent[], piece?: (left: number) => number): Transcript =>
  transcribe((sink) => new Http2Protocol(sink), sent, piece);

/** Two ends of a pipe that writes down what goes through it. */
function recordedPipe(sent: Sent[]): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const end = (direction: 0 | 1): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        sent.push([direction, chunk.toString('latin1')]);
        ends[direction ^ 1].push(chunk);
        done();
      },
      final: (done) => {
        ends[direction ^ 1].push(null);
        done();
      },
    });
  ends.push(end(0), end(1));
  return [ends[0], ends[1]];
}

/** A conversation between Node's own client and server, as it went over the wire. */
async function realConversation(
  talk: (client: ClientHttp2Session, server: Http2Server) => Promise<void>,
): Promise<Sent[]> {
  const sent: Sent[] = [];
  const [clientEnd, serverEnd] = recordedPipe(sent);
  const server = createServer();
  server.emit('connection', serverEnd);
  const client = connect('http://example.net', { createConnection: () => clientEnd });
  await talk(client, server);
  await new Promise<void>((resolve) => client.close(resolve));
  return sent;
}

const ask = (client: ClientHttp2Session, path: string, more: Record<string, string> = {}, body = ''): Promise<void> =>
  new Promise((resolve, reject) => {
    const stream = client.request({ ':path': path, ':method': body ? 'POST' : 'GET', ...more });
    stream.on('error', reject).on('end', resolve).resume();
    if (body) stream.end(body);
  });

const threeRequests = (): Promise<Sent[]> =>
  realConversation(async (client, server) => {
    server.on('stream', (stream, headers) => {
      const path = String(headers[':path']);
      stream.respond({
        ':status': path === '/missing' ? 404 : 200,
        'content-type': 'text/plain',
        'x-long': 'ä'.repeat(90),
      });
      stream.end(path.repeat(path === '/big' ? 20_000 : 3));
    });
    await Promise.all([ask(client, '/one'), ask(client, '/big', { 'x-huge': 'v'.repeat(30_000) })]);
    await ask(client, '/missing', {}, 'posted');
  });

describe('HTTP/2', () => {
  it('reads what Node speaks: several streams, CONTINUATION, Huffman, the dynamic table', async () => {
    const { exchanges, codes } = http2(await threeRequests());
    expect(codes).toEqual([]);
    const byPath = new Map(exchanges.map((each) => [each.request, each]));
    expect([...byPath.keys()].sort()).toEqual(['GET /big', 'GET /one', 'POST /missing']);
    expect(byPath.get('GET /one')).toMatchObject({
      status: 200,
      responseBody: { text: '/one'.repeat(3), complete: true },
    });
    expect(byPath.get('GET /big')?.responseBody.text).toBe('/big'.repeat(20_000));
    expect(byPath.get('POST /missing')).toMatchObject({ status: 404, requestBody: { text: 'posted' } });
  });

  it('tells the same however the bytes are split', async () => {
    const sent = await threeRequests();
    const whole = http2(sent);
    expect(http2(sent, () => 1)).toEqual(whole);
    expect(http2(sent, () => 700)).toEqual(whole);
  });

  it('says what cannot be known when the beginning is missing', async () => {
    const sent = await threeRequests();
    // Both ends' first flights are gone.
    const { exchanges, codes } = http2([[0, 300], [1, 300], ...sent.slice(Math.floor(sent.length / 2))]);
    expect(codes).toContain('http2-frames-lost');
    expect(exchanges.length).toBeGreaterThan(0);
  });

  it('keeps the hole of a lost segment of DATA', () => {
    const head = '\0\0\x01\x01\x04\0\0\0\x01\x88';
    const settings = '\0\0\0\x04\0\0\0\0\0';
    const data = `\0\0\x64\0\x01\0\0\0\x01${'x'.repeat(40)}`;
    const { exchanges } = http2([
      [1, settings + head + data],
      [1, 25],
      [1, 'y'.repeat(35)],
    ]);
    expect(exchanges).toMatchObject([{ status: 200, responseBody: { holes: [[40, 25]], complete: true } }]);
    expect(exchanges[0].responseBody.text).toHaveLength(100);
  });

  it('leaves padding out, and gives promised streams their requests', () => {
    const settings = '\0\0\0\x04\0\0\0\0\0';
    const ask = '\0\0\x03\x01\x05\0\0\0\x01\x82\x84\x86';
    const promise = '\0\0\x07\x05\x04\0\0\0\x01\0\0\0\x02\x82\x85\x86';
    const padded = '\0\0\x09\0\x09\0\0\0\x01\x03body!\0\0\0';
    const pushed = '\0\0\x01\x01\x05\0\0\0\x02\x89';
    const { exchanges } = http2([
      [0, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}${ask}`],
      [1, `${settings}${promise}\0\0\x01\x01\x04\0\0\0\x01\x88${padded}${pushed}`],
    ]);
    expect(exchanges).toMatchObject([
      { request: 'GET /', status: 200, stream: 1, responseBody: { text: 'body!', complete: true } },
      { request: 'GET /index.html', status: 204, stream: 2 },
    ]);
  });

  it('goes on from an upgraded connection with its request as stream 1', () => {
    const upgrade = 'GET /up HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n';
    const settings = '\0\0\0\x04\0\0\0\0\0';
    const { exchanges, codes } = transcribe(
      (sink) => new Http1Protocol(sink),
      [
        [0, upgrade],
        [1, `HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n${settings}`],
        [0, `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}\0\0\x03\x01\x05\0\0\0\x03\x82\x84\x86`],
        [1, '\0\0\x01\x01\x04\0\0\0\x01\x88\0\0\x02\0\x01\0\0\0\x01up\0\0\x01\x01\x05\0\0\0\x03\x8d'],
      ],
    );
    expect(exchanges.map(({ request, status, responseBody }) => [request, status, responseBody.text])).toEqual([
      ['GET /up', 101, ''],
      ['GET /up', 200, 'up'],
      ['GET /', 404, ''],
    ]);
    expect(codes).toEqual([]);
  });

  it('finds the next frame after a loss', () => {
    const settings = '\0\0\0\x04\0\0\0\0\0';
    const head = '\0\0\x01\x01\x04\0\0\0\x01\x88';
    const data = (text: string, flags = '\0'): string =>
      `\0\0${String.fromCharCode(text.length)}\0${flags}\0\0\0\x01${text}`;
    const { exchanges, codes } = http2([
      [1, settings + head + data('a'.repeat(50)).slice(0, 30)],
      [1, 40],
      [1, `tail of a frame${data('end', '\x01')}`],
    ]);
    expect(exchanges[0].responseBody.text.startsWith('a'.repeat(21))).toBe(true);
    expect(exchanges[0].responseBody.text.endsWith('end')).toBe(true);
    expect(codes).toContain('http2-frames-lost');
  });

  it('never throws, whatever comes, and tells the same when it comes byte by byte', () => {
    const header = fc
      .tuple(fc.nat(40), fc.nat(10), fc.nat(255), fc.constantFrom(0, 1, 3, 5))
      .map(([length, type, flags, stream]) => String.fromCharCode(0, 0, length, type, flags, 0, 0, 0, stream));
    const noise = fc.array(fc.nat(255), { maxLength: 40 }).map((bytes) => String.fromCharCode(...bytes));
    const piece = fc.oneof(header, noise, fc.constant('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), fc.nat(60));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(0 as const, 1 as const), piece), { maxLength: 30 }), (sent) => {
        expect(http2(sent, () => 1)).toEqual(http2(sent));
      }),
      { numRuns: 500 },
    );
  });
});

describe('HPACK', () => {
  const hex = (text: string): Uint8Array =>
    Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
  const decode = (decoder: HpackDecoder, text: string) => {
    const bytes = hex(text);
    return decoder.decode(bytes, 0, bytes.length);
  };

  it('decodes the requests of RFC 7541, appendix C.4', () => {
    const decoder = new HpackDecoder();
    decoder.begin();
    const first = decode(decoder, '828684418cf1e3c2e5f23a6ba0ab90f4ff');
    expect(first.fields.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      ':method: GET',
      ':scheme: http',
      ':path: /',
      ':authority: www.example.com',
    ]);
    expect(decode(decoder, '828684be5886a8eb10649cbf').fields.at(-1)).toEqual({
      name: 'cache-control',
      value: 'no-cache',
    });
    expect(decode(decoder, '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf').fields).toEqual([
      { name: ':method', value: 'GET' },
      { name: ':scheme', value: 'https' },
      { name: ':path', value: '/index.html' },
      { name: ':authority', value: 'www.example.com' },
      { name: 'custom-key', value: 'custom-value' },
    ]);
  });

  it('calls unknown what came before it joined, and nothing else', () => {
    const decoder = new HpackDecoder();
    expect(decode(decoder, '82be')).toMatchObject({
      hasUnknown: true,
      isBroken: false,
      fields: [{ name: ':method' }, { name: unknownText }],
    });
    // An entry that is put in now is known from then on.
    decode(decoder, '5886a8eb10649cbf');
    expect(decode(decoder, 'be')).toMatchObject({
      hasUnknown: false,
      fields: [{ name: 'cache-control', value: 'no-cache' }],
    });
  });

  it('refuses what is no Huffman code', () => {
    expect(decodeHuffman(hex('ffffffff'), 0, 4)).toBeNull();
    expect(decodeHuffman(hex('a8eb10649cbf'), 0, 6)).toEqual(Uint8Array.from('no-cache', (c) => c.charCodeAt(0)));
  });
});
