import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1Text } from '../../bytes/text';
import { feedHttp, type Sent } from './testing/feed-http';

const coded = latin1Text(gzipSync('text that is coded '.repeat(50)));
const picture = '\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0abc\xff\xd9';
const pieces = fc.constantFrom(
  'GET /a/b1.jpg?x HTTP/1.1\r\nHost: h\r\n\r\n',
  'GET http://[::1]:99999/%zz HTTP/1.1\r\nRange: bytes=0-\r\n\r\n',
  'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 206 Partial Content\r\nETag: "x"\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nX-Time: 1\r\n',
  'Content-Range: bytes 5-9/999999999999999\r\n',
  'Content-Range: bytes 0-4/10\r\n',
  'Content-Type: multipart/byteranges; boundary=b\r\n',
  'Content-Type: multipart/x-mixed-replace\r\n',
  'Content-Encoding: gzip\r\n',
  'Content-Encoding: zstd, br, gzip, deflate\r\n',
  `Content-Length: ${coded.length}\r\n`,
  'Content-Length: 5\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  '\r\n',
  coded,
  coded.slice(0, 30),
  picture,
  picture.slice(0, 20),
  '--b\r\nContent-Range: bytes 0-4/9\r\n\r\n01234\r\n',
  '--b\r\nContent-Length: 9\r\n\r\n',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  '\x82\x05hello',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
);

describe('HTTP as a whole', () => {
  it('never throws, whatever comes: each row, object and message can be asked for', () => {
    const sent = fc.tuple(
      fc.constantFrom('client' as const, 'server' as const),
      fc.oneof({ weight: 9, arbitrary: pieces }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 60 }), fc.boolean(), (script: Sent[], isEntered) => {
        const { http, camera, objects, read } = feedHttp(script, { isEntered });
        for (const { id, bytes, missingBytes } of objects) {
          expect(missingBytes).toBeLessThanOrEqual(bytes);
          if (bytes < 1 << 20) expect(read(id)).toHaveLength(bytes);
        }
        const rows = http.tables[0].rows('');
        for (let i = 0; i < (rows?.count ?? 0); i += 1) expect(http.message(String(rows?.row(i).id))).not.toBeNull();
        for (const { id } of camera.sessions()) {
          expect(camera.samples(id)).not.toBeNull();
          camera.samples(`${id}@camera`);
          expect(camera.file(id)).not.toBeNull();
        }
        expect(camera.streams()).toHaveLength(camera.sessions().length);
      }),
      { numRuns: 300 },
    );
  });
});
