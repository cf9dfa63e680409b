import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../bytes/text';
import { TlsKeyLog } from './index';

const random = 'ab'.repeat(32);
const master = '12'.repeat(48);
const secret = '34'.repeat(32);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

function read(text: string): { readonly log: TlsKeyLog; readonly counts: ReturnType<TlsKeyLog['add']> } {
  const log = new TlsKeyLog();
  return { counts: log.add(utf8Bytes(text), 'key-log'), log };
}

describe('TlsKeyLog', () => {
  it('reads the NSS key log format, in whatever shape it comes', () => {
    const { log, counts } = read(
      [
        '\ufeff# a comment',
        `CLIENT_RANDOM ${random.toUpperCase()} ${master.toUpperCase()}\r`,
        '',
        `  SERVER_TRAFFIC_SECRET_0\t${random}  ${secret}  `,
        `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${random} ${'56'.repeat(48)}`,
        `EXPORTER_SECRET ${random} ${secret}`,
        'RSA 0123456789abcdef ' + '03'.repeat(48),
        `CLIENT_RANDOM ${random} ${'99'.repeat(48)}`,
        'not a line of a key log',
        `CLIENT_RANDOM ${random} 1234`,
        `CLIENT_RANDOM ${random.slice(2)} ${master}`,
        `__proto__ ${random} ${secret}`,
        `CLIENT_EARLY_TRAFFIC_SECRET ${random} ${secret}`,
      ].join('\n'),
    );
    expect(counts).toEqual({ secrets: 4, idle: 3, unknown: 4 });
    expect(log.of(bytesOf(random))).toEqual({
      master: bytesOf(master),
      serverTraffic: bytesOf(secret),
      clientHandshake: bytesOf('56'.repeat(48)),
      clientEarly: bytesOf(secret),
      serverHandshake: null,
      clientTraffic: null,
      origin: 'key-log',
    });
    expect(log.of(bytesOf('cd'.repeat(32)))).toBeNull();
  });

  it('puts several files together', () => {
    const log = new TlsKeyLog();
    log.add(utf8Bytes(`CLIENT_TRAFFIC_SECRET_0 ${random} ${secret}`), 'capture');
    log.add(utf8Bytes(`SERVER_TRAFFIC_SECRET_0 ${random} ${secret}`), 'key-log');
    expect(log.of(bytesOf(random))).toMatchObject({
      clientTraffic: bytesOf(secret),
      serverTraffic: bytesOf(secret),
      origin: 'capture',
    });
    expect(log.count).toBe(2);
  });

  it('never throws, whatever the file', () => {
    const words = fc.constantFrom(
      'CLIENT_RANDOM',
      'RSA',
      '#',
      random,
      master,
      secret,
      ' ',
      '\t',
      '\n',
      '\r\n',
      '0',
      'zz',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 3000 }),
          fc.array(words).map((all) => utf8Bytes(all.join(''))),
        ),
        (bytes) => {
          const { secrets, idle, unknown } = new TlsKeyLog().add(bytes, 'key-log');
          expect(secrets + idle + unknown).toBeLessThanOrEqual(1 + bytes.filter((byte) => byte === 0x0a).length);
        },
      ),
    );
  });
});
