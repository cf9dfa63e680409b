import { gzipSync } from 'node:zlib';
import { concat } from '#engine/capture/testing/capture-builder';
import { Conversations, type Side } from '#engine/analysis/sessions/testing/conversations';

const client: Side = { address: '192.0.2.5', port: 40_000 };
const server: Side = { address: '198.51.100.7', port: 8081 };
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const picture = '\xff\xd8\xff\xc0\0\x0b\x08\0\x40\0\x40\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0coded\xff\xd9';

/** Captures of HTTP in its kinds: objects, ranges, cameras, upgrades, version 2. */
export function httpSeeds(): { name: string; bytes: Uint8Array }[] {
  const objects = new Conversations();
  const ask = (into: Conversations, path: string, fields = ''): void => {
    into.segment(client, server, latin1(`GET ${path} HTTP/1.1\r\nHost: h\r\n${fields}\r\n`));
  };
  const coded = new Uint8Array(gzipSync(latin1('text that is coded '.repeat(40))));
  ask(objects, '/text');
  const gzip = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n`;
  objects.segment(server, client, concat(latin1(gzip), coded));
  ask(objects, '/chunks');
  const chunks = '5;x=y\r\nhello\r\na\r\n0123456789\r\n0\r\nT: 1\r\n\r\n';
  objects.segment(server, client, latin1(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`));
  ask(objects, '/movie', 'Range: bytes=0-4,10-14\r\n');
  const part = (first: number): string => `--b\r\nContent-Range: bytes ${first}-${first + 4}/20\r\n\r\n01234\r\n`;
  const ranges = `${part(0)}${part(10)}--b--\r\n`;
  const type = `Content-Type: multipart/byteranges; boundary=b\r\nContent-Length: ${ranges.length}`;
  objects.segment(server, client, latin1(`HTTP/1.1 206 Partial Content\r\n${type}\r\n\r\n${ranges}`));

  const cameras = new Conversations();
  for (let i = 0; i < 8; i += 1) {
    ask(cameras, `/image.cgi?seq=${i * 7919}`);
    const fields = `Content-Type: image/jpeg\r\nX-Frame: ${i}\r\nContent-Length: ${picture.length}`;
    cameras.segment(server, client, latin1(`HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${picture}`));
  }
  ask(cameras, '/video.mjpg');
  cameras.segment(server, client, latin1('HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n'));
  for (let i = 0; i < 6; i += 1) {
    const length = i % 2 === 0 ? '' : `Content-Length: ${picture.length}\r\n`;
    cameras.segment(server, client, latin1(`--b\r\nX-Timestamp: ${i / 25}\r\n${length}\r\n${picture}\r\n`));
  }

  const sockets = new Conversations();
  ask(sockets, '/live', 'Connection: Upgrade\r\nUpgrade: websocket\r\n');
  sockets.segment(server, client, latin1('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x82\x05FLV\x01\x05'));
  sockets.segment(client, server, latin1('\x82\x83abcd\0\x01\x02\x89\x80abcd'));

  const streams = new Conversations();
  const settings = '\0\0\x06\x04\0\0\0\0\0\0\x01\0\0\x10\0';
  const request = '\0\0\x06\x01\x05\0\0\0\x01\x82\x84\x86\x41\x01h';
  streams.segment(client, server, latin1(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}${request}`));
  const data = '\0\0\x09\0\x09\0\0\0\x01\x03body!\0\0\0';
  streams.segment(server, client, latin1(`${settings}\0\0\x01\x01\x04\0\0\0\x01\x88${data}`));
  return [
    { name: 'HTTP objects', bytes: objects.file() },
    { name: 'HTTP cameras', bytes: cameras.file() },
    { name: 'WebSocket', bytes: sockets.file() },
    { name: 'HTTP/2', bytes: streams.file() },
  ];
}
