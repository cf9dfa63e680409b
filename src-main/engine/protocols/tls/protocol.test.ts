import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CollectedConnection, contextWith } from './testing/collect-inside';
import { selfSigned } from './testing/self-signed';
import { recordTls, type Recording } from './testing/tls-peers';
import { suiteName, TlsFacts, tlsProtocol } from './index';
import { suiteProtection } from './cipher-suites';

const protocol = tlsProtocol(contextWith(null, ''), () => new TlsFacts(0, []));
const bytesOf = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

let recording: Recording;
/** What the server sent, and where long records of content begin in it. */
let server: Buffer;
const contentRecords: number[] = [];
beforeAll(async () => {
  const identity = selfSigned('ec', 'media.example', ['media.example']);
  recording = await recordTls({ identity, exchanges: [[randomBytes(2000), randomBytes(60_000)]] });
  server = Buffer.concat(recording.wire.flatMap(({ direction, bytes }) => (direction === 1 ? [bytes] : [])));
  for (let at = 0; at < server.length; at += 5 + server.readUInt16BE(at + 3)) {
    if (server[at] === 23 && server.readUInt16BE(at + 3) > 10_000) contentRecords.push(at);
  }
});

describe('tlsProtocol', () => {
  it('knows a stream by its hello, whatever part of it is there', () => {
    for (const { direction, bytes } of recording.wire.slice(0, 2)) {
      for (let length = 1; length < 6; length += 1) {
        expect(protocol.probe(bytes, 0, length, true), `${direction} ${length}`).toBe('more');
      }
      for (let length = 6; length < bytes.length; length += 13) {
        expect(protocol.probe(bytes, 0, length, true)).toBe('yes');
      }
    }
  });

  it('takes nothing else for a hello', () => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n'),
      Buffer.from('INVITE sip:a SIP/2.0\r\n'),
      bytesOf(3, 0, 0, 0, 0, 0, 0, 0, 0),
      bytesOf(22, 3, 1, 0, 3, 1, 0, 0, 0),
      bytesOf(22, 3, 1, 0xff, 0xff, 1, 0, 0),
      bytesOf(22, 3, 9, 0, 200, 1, 0, 0),
      bytesOf(22, 2, 1, 0, 200, 1, 0, 0),
      bytesOf(22, 3, 3, 0, 200, 14, 0, 0),
      bytesOf(0x47, 3, 3, 0, 200, 1),
    ]) {
      expect(protocol.probe(bytes, 0, bytes.length, true), bytes.join(' ')).toBe('no');
    }
  });

  it('knows the middle of a connection by its records', () => {
    for (const at of contentRecords) {
      const bytes = server.subarray(at);
      for (const length of [6, 100, 1460, bytes.length]) {
        expect(protocol.probe(bytes, 0, Math.min(length, bytes.length), false)).toBe('yes');
      }
      expect(protocol.probe(bytes, 1, bytes.length, false)).toBe('no');
    }
    expect(protocol.probe(bytesOf(23, 3, 3), 0, 3, false)).toBe('no');
    expect(protocol.probe(bytesOf(23, 3, 3, 0, 2, 1, 1, 99, 9, 9), 0, 10, false)).toBe('no');
    expect(protocol.probe(bytesOf(23, 3, 3, 0, 2, 1, 1, 21, 3, 3), 0, 10, false)).toBe('yes');
  });

  it('takes random bytes for the middle of a connection less than once in a million', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1460 }), (bytes) => {
        const isTls = protocol.probe(bytes, 0, bytes.length, false) === 'yes';
        expect(isTls && !(bytes[0] === 23 && bytes[1] === 3)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('says that the handshake is missing where the capture begins in the middle', () => {
    const connection = new CollectedConnection(contextWith(nodeCipherSuite, recording.keyLog));
    connection.feedAll([{ direction: 1, bytes: server.subarray(contentRecords[0]) }]);
    expect(connection.facts).toMatchObject({ hasClientHello: false, hasServerHello: false, openedRecords: 0 });
    expect(connection.facts.applicationBytes).toBeGreaterThan(60_000);
    expect(connection.sink.reports).toEqual([]);
  });
});

describe('cipher suites', () => {
  it.each([
    [0x1301, 'TLS_AES_128_GCM_SHA256', { kind: 'gcm', keyLength: 16, tagLength: 16, hash: 'sha256', isTls13: true }],
    [0x1305, 'TLS_AES_128_CCM_8_SHA256', { kind: 'ccm', keyLength: 16, tagLength: 8, hash: 'sha256', isTls13: true }],
    [0xc030, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', { kind: 'gcm', keyLength: 32, hash: 'sha384', isTls13: false }],
    [0xcca9, 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', { kind: 'chacha20', keyLength: 32, hash: 'sha256' }],
    [0xc0a1, 'TLS_RSA_WITH_AES_256_CCM_8', { kind: 'ccm', keyLength: 32, tagLength: 8, hash: 'sha256' }],
    [0x002f, 'TLS_RSA_WITH_AES_128_CBC_SHA', { kind: 'cbc', keyLength: 16, mac: 'sha1', hash: 'sha256' }],
    [0xc028, 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384', { kind: 'cbc', keyLength: 32, mac: 'sha384', hash: 'sha384' }],
    [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', null],
    [0x0084, 'TLS_RSA_WITH_CAMELLIA_256_CBC_SHA', null],
    [0x00ff, 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV', null],
    [0xfefe, '0xfefe', null],
  ])('%i is %s', (code, name, protection) => {
    expect(suiteName(code)).toBe(name);
    if (protection) expect(suiteProtection(code)).toMatchObject(protection);
    else expect(suiteProtection(code)).toBeNull();
  });
});
