import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CollectedConnection, contextWith } from './testing/collect-inside';
import { selfSigned } from './testing/self-signed';
import { recordTls, type Recording } from './testing/tls-peers';

/** Content in which every place is told by its bytes. */
const content = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i + 4 <= length; i += 4) new DataView(bytes.buffer).setUint32(i, i);
  return bytes;
};
const response = content(120_000);
const request = content(1000);

interface Segment {
  readonly direction: 0 | 1;
  readonly bytes: Uint8Array;
}

const suites = [
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256:DEFAULT'],
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256:DEFAULT'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLSv1.2', 'ECDHE-ECDSA-AES128-SHA'],
] as const;

const recordings: Recording[] = [];
beforeAll(async () => {
  const identity = selfSigned('ec', 'media.example', ['media.example']);
  for (const [version, ciphers] of suites) {
    const common = { minVersion: version, maxVersion: version, ciphers };
    const exchanges = [[request, response]] as const;
    recordings.push(await recordTls({ identity, client: common, server: common, exchanges }));
  }
});

/** The wire in segments of 1460 bytes, as TCP has them. */
function segments({ wire }: Recording): Segment[] {
  return wire.flatMap(({ direction, bytes }) => {
    const parts: Segment[] = [];
    for (let at = 0; at < bytes.length; at += 1460) parts.push({ direction, bytes: bytes.subarray(at, at + 1460) });
    return parts;
  });
}

function feed({ keyLog }: Recording, all: readonly Segment[], isLost: (index: number) => boolean): CollectedConnection {
  const connection = new CollectedConnection(contextWith(nodeCipherSuite, keyLog));
  all.forEach(({ direction, bytes }, i) => {
    if (isLost(i)) connection.lose(direction, bytes.length);
    else connection.feed(direction, bytes);
  });
  return connection.end();
}

/** Content and holes put together: every byte that came lies where it was, as far as the holes are exact. */
function expectInPlace(connection: CollectedConnection, whole: Uint8Array): void {
  const bytes = connection.content(1);
  const gaps = connection.gaps.filter(({ direction }) => direction === 1);
  let at = 0;
  let from = 0;
  for (const { at: gapAt, length } of [...gaps, { at: bytes.length, length: 0 }]) {
    const piece = bytes.subarray(from, gapAt);
    expect(Buffer.compare(piece, whole.subarray(at, at + piece.length))).toBe(0);
    at += piece.length + length;
    from = gapAt;
  }
  // How many records a hole at the end has nobody knows; the last of them says that the connection is closed.
  expect(at).toBeLessThanOrEqual(whole.length + 32);
}

describe('TLS with segments that the capture lost', { timeout: 60_000 }, () => {
  it.each(suites.map(([version, ciphers], i) => ({ version, ciphers, i })))(
    'goes on behind each single lost segment of the content: $version $ciphers',
    ({ i, ciphers }) => {
      const recording = recordings[i];
      const all = segments(recording);
      const first = all.findIndex(
        (_, at) => at > 0 && all.slice(at).reduce((sum, s) => sum + s.bytes.length, 0) < 115_000,
      );
      const isChained = ciphers.endsWith('SHA');
      for (let lost = first; lost < all.length - 1; lost += 5) {
        if (all[lost].direction === 0) continue;
        const connection = feed(recording, all, (at) => at === lost);
        expect(connection.sink.reports).toEqual([]);
        // A lost segment costs the records it was in: two at most.
        const missing = response.length - connection.content(1).length;
        expect(missing).toBeGreaterThan(0);
        expect(missing).toBeLessThanOrEqual(2 * 16_384);
        expect(connection.facts.failedRecords).toBe(0);
        if (isChained) continue;
        expectInPlace(connection, response);
        expect(connection.facts.missingBytes).toBe(missing);
      }
    },
  );

  it('goes on behind whatever is lost, with holes where they were', () => {
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.uniqueArray(fc.record({ from: fc.nat(85), length: fc.integer({ min: 1, max: 20 }) }), { maxLength: 5 }),
        (which, losses) => {
          const recording = recordings[which];
          const all = segments(recording);
          // The handshake stays.
          const start = all.findIndex(({ direction, bytes }) => direction === 1 && bytes.length === 1460) + 3;
          const lost = new Set(
            losses.flatMap(({ from, length }) => Array.from({ length }, (_, k) => start + from + k)),
          );
          const connection = feed(recording, all, (at) => lost.has(at));
          expectInPlace(connection, response);
          expect(connection.facts.failedRecords).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('survives the loss of any part of the handshake', () => {
    for (const recording of recordings) {
      const all = segments(recording);
      for (let lost = 0; lost < 8; lost += 1) {
        const connection = feed(recording, all, (at) => at === lost);
        const bytes = connection.content(1);
        // Either all that could be opened is there, or it is said that it is closed.
        if (bytes.length === 0) expect(connection.facts.contentBytes).toBe(connection.content(0).length);
        else expect(bytes.length).toBeGreaterThan(80_000);
      }
    }
  });

  it('leaves out records that were tampered with, and opens the rest', () => {
    for (const recording of recordings) {
      const all = segments(recording);
      const last = all.length - 30;
      const forged = all.map(({ direction, bytes }, i) => {
        if (i !== last) return { direction, bytes };
        const changed = bytes.slice();
        changed[700] ^= 0x40;
        return { direction, bytes: changed };
      });
      const connection = feed(recording, forged, () => false);
      expect(connection.sink.codes).toEqual(['tls-record-authentication']);
      expect(connection.facts.failedRecords).toBe(1);
      expect(response.length - connection.content(1).length).toBeLessThanOrEqual(16_384);
      expect(connection.content(1).length).toBeLessThan(response.length);
    }
  });

  it('gives the same however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 50 }),
        (which, cuts) => {
          const recording = recordings[which];
          const connection = new CollectedConnection(contextWith(nodeCipherSuite, recording.keyLog));
          let cut = 0;
          for (const { direction, bytes } of recording.wire) {
            for (let at = 0; at < bytes.length; ) {
              const length = cuts[cut % cuts.length];
              cut += 1;
              connection.feed(direction, bytes.subarray(at, at + length));
              at += length;
            }
          }
          connection.end();
          expect(Buffer.compare(connection.content(1), response)).toBe(0);
          expect(Buffer.compare(connection.content(0), request)).toBe(0);
          expect(connection.sink.reports).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('gives the same one byte at a time', () => {
    for (const recording of recordings) {
      const connection = new CollectedConnection(contextWith(nodeCipherSuite, recording.keyLog));
      for (const { direction, bytes } of recording.wire) {
        for (let at = 0; at < bytes.length; at += 1) connection.feed(direction, bytes.subarray(at, at + 1));
      }
      expect(Buffer.compare(connection.end().content(1), response)).toBe(0);
    }
  });
});
