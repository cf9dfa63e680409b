import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { certificateNames, firstCertificate } from './certificate';
import { HandshakeReader } from './handshake-reader';
import { parseClientHello, parseEncryptedExtensions, parseServerHello } from './hello';
import { longestRecord, RecordReader } from './record-reader';
import { CollectedConnection, contextWith } from './testing/collect-inside';
import { type Identity, selfSigned } from './testing/self-signed';
import { recordTls, type Recording } from './testing/tls-peers';

let identity: Identity;
const recordings: Recording[] = [];
beforeAll(async () => {
  identity = selfSigned('ec', 'media.example', ['media.example', 'other.example']);
  for (const options of [
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
    { maxVersion: 'TLSv1.2' },
    { minVersion: 'TLSv1.3' },
  ] as const) {
    const exchanges = [[randomBytes(300), randomBytes(18_000)]] as const;
    recordings.push(await recordTls({ identity, client: options, server: options, exchanges }));
  }
});

/** Changes, cuts and repeats bytes. */
const damage = fc.array(
  fc.record({ at: fc.nat(40_000), kind: fc.constantFrom('flip', 'cut', 'insert', 'length'), value: fc.nat(255) }),
  { maxLength: 8 },
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Uint8Array, changes: Damage): Uint8Array {
  let all = [...bytes];
  for (const { at, kind, value } of changes) {
    const place = all.length === 0 ? 0 : at % all.length;
    if (kind === 'flip') all[place] ^= value;
    else if (kind === 'cut') all.splice(place, value);
    else if (kind === 'insert') all.splice(place, 0, ...bytes.subarray(0, value));
    else all = all.map((byte, i) => (i === place || i === place + 1 ? 0xff : byte));
  }
  return Uint8Array.from(all);
}

describe('hostile input', { timeout: 60_000 }, () => {
  it('of whole connections costs records, never the program', () => {
    fc.assert(
      fc.property(fc.nat(2), damage, damage, fc.array(fc.nat(4000), { maxLength: 6 }), (which, first, second, gaps) => {
        const { wire, keyLog, received } = recordings[which];
        const connection = new CollectedConnection(contextWith(nodeCipherSuite, keyLog));
        wire.forEach(({ direction, bytes }, i) => {
          const all = damaged(bytes, i % 3 === 0 ? first : i % 3 === 1 ? second : []);
          for (let at = 0; at < all.length; at += 1460) connection.feed(direction, all.subarray(at, at + 1460));
          if (gaps[i] > 0) connection.lose(direction, gaps[i]);
        });
        connection.end();
        // What comes out is what was sent: nothing but authentic bytes, each at most once.
        for (const direction of [0, 1] as const) {
          const sent = received[direction ^ 1];
          let from = 0;
          const starts = [0, ...connection.gaps.filter((gap) => gap.direction === direction).map(({ at }) => at)];
          const bytes = connection.content(direction);
          starts.forEach((start, k) => {
            const piece = Buffer.from(bytes.subarray(start, starts[k + 1] ?? bytes.length));
            const at = Buffer.from(sent).indexOf(piece, from);
            expect(at).toBeGreaterThanOrEqual(from);
            from = at + piece.length;
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of garbage is passed over without an end', () => {
    const headers = fc.tuple(fc.integer({ min: 19, max: 25 }), fc.constantFrom(0, 1, 3, 4), fc.nat(0xffff));
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      headers.map(([type, minor, length]) => Uint8Array.of(type, 3, minor, length >> 8, length & 0xff)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(piece, fc.nat(1), fc.nat(100)), { maxLength: 60 }), (pieces) => {
        const connection = new CollectedConnection(contextWith(nodeCipherSuite, recordings[0].keyLog));
        for (const [bytes, direction, lost] of pieces) {
          if (bytes.length > 0) connection.feed(direction as 0 | 1, bytes);
          if (lost > 90) connection.lose(direction as 0 | 1, lost * 1000);
        }
        connection.end();
        expect(connection.inside).toEqual([[], []]);
      }),
    );
  });

  it('accounts for every byte of a stream of records', () => {
    const record = fc.tuple(fc.integer({ min: 20, max: 23 }), fc.uint8Array({ maxLength: 3000 }));
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1 }),
        fc.nat(3),
        (records, cuts, gap) => {
          const stream = Buffer.concat(
            records.map(([type, body]) =>
              Buffer.concat([Uint8Array.of(type, 3, 3, body.length >> 8, body.length & 0xff), body]),
            ),
          );
          let told = 0;
          let lost = 0;
          const reader = new RecordReader({
            wants: (type) => type !== 21,
            onRecord: (_type, _version, _bytes, start, end) => {
              told += 5 + end - start;
            },
            onPassed: (_type, _version, length) => {
              told += 5 + length;
            },
            onLost: (length) => {
              told += length;
            },
            onGarbage: () => expect(gap).toBeGreaterThan(0),
          });
          let cut = 0;
          for (let at = 0; at < stream.length; cut += 1) {
            const length = Math.min(cuts[cut % cuts.length], stream.length - at);
            if (gap > 0 && cut % 5 === gap) {
              reader.gap(length, cut, 0);
              lost += length;
            } else reader.push(stream, at, at + length, cut, 0);
            at += length;
          }
          reader.finish(0);
          expect(told).toBeLessThanOrEqual(stream.length);
          // What is missing was the beginning of a record at the end.
          expect(stream.length - told).toBeLessThanOrEqual(lost === 0 ? 0 : longestRecord + 5);
        },
      ),
    );
  });

  it('of messages is refused or read, within its bounds', () => {
    const mutated = fc.tuple(damage, fc.nat(3)).map(([changes, which]) => {
      const [hello] = recordings[2].wire;
      const source =
        which === 0
          ? identity.der
          : which === 1
            ? hello.bytes.subarray(9)
            : (recordings[2].wire[1]?.bytes.subarray(9) ?? hello.bytes);
      return damaged(source, changes);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), mutated), (bytes) => {
        const names = certificateNames(bytes, 0, bytes.length);
        for (const name of names?.alternatives ?? []) expect(name.length).toBeLessThanOrEqual(255);
        firstCertificate(bytes, 0, bytes.length, true);
        firstCertificate(bytes, 0, bytes.length, false);
        parseEncryptedExtensions(bytes, 0, bytes.length);
        const client = parseClientHello(bytes, 0, bytes.length);
        expect(client?.random.length ?? 32).toBe(32);
        expect(client?.cipherSuites.length ?? 0).toBeLessThanOrEqual(512);
        expect(parseServerHello(bytes, 0, bytes.length)?.random.length ?? 32).toBe(32);
        let taken = 0;
        const reader = new HandshakeReader((_type, _bytes, start, end) => {
          taken += 4 + end - start;
        });
        for (let at = 0; at < bytes.length; at += 7) reader.push(bytes, at, Math.min(bytes.length, at + 7));
        expect(taken).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 400 },
    );
  });

  it('reads the names of a certificate', () => {
    expect(certificateNames(identity.der, 0, identity.der.length)).toEqual({
      subject: 'media.example',
      issuer: 'media.example',
      alternatives: ['media.example', 'other.example', '192.0.2.7'],
    });
    const nowhere = selfSigned('ec', 'a\u0007b', [], [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(certificateNames(nowhere.der, 0, nowhere.der.length)).toMatchObject({
      subject: 'a\ufffdb',
      alternatives: ['2001:db8::1'],
    });
  });
});
