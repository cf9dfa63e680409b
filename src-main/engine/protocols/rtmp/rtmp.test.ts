import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../capture/testing/capture-builder';
import { TestSink } from '../../capture/testing/collect';
import { rtmpProtocol } from './rtmp-dissector';
import { RtmpType } from './message';
import {
  amf0,
  bytesOf32,
  ChunkWriter,
  connection,
  firstFlight,
  Hearer,
  noise,
  secondFlight,
} from './testing/rtmp-script';

const { probe } = rtmpProtocol(() => new Hearer());
const video = (length: number, seed = 5): Uint8Array =>
  concat(Uint8Array.of(0x27, 1, 0, 0, 0), noise(length - 5, seed));
const audio = (length: number, seed = 6): Uint8Array => concat(Uint8Array.of(0xaf, 1), noise(length - 2, seed));
const opened = () => {
  const sink = new TestSink();
  const rtmp = connection(sink);
  rtmp.send(0, firstFlight(1));
  rtmp.send(1, concat(firstFlight(2), secondFlight(1)));
  rtmp.send(0, secondFlight(2));
  return { ...rtmp, sink };
};

describe('recognition', () => {
  it('takes a handshake of any version for one, once it is whole', () => {
    const plain = firstFlight(1);
    expect(probe(plain, 0, plain.length, true)).toBe('yes');
    expect(probe(plain, 0, plain.length - 1, true)).toBe('more');
    const digest = firstFlight(1, 3, 0x80000702);
    expect(probe(digest, 0, digest.length, true)).toBe('yes');
    const encrypted = firstFlight(1, 6, 0x80000302);
    expect(probe(encrypted, 0, encrypted.length, true)).toBe('yes');
    expect(probe(concat(Uint8Array.of(9), new Uint8Array(2000)), 0, 2001, true)).toBe('no');
  });

  it('is not taken in by TPKT, HTTP or TLS', () => {
    const tpkt = concat(Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0), noise(2000));
    expect(probe(tpkt, 0, tpkt.length, true)).toBe('no');
    const data = concat(Uint8Array.of(3, 0, 5, 200, 2, 0xf0, 0x80), noise(3000));
    expect(probe(data, 0, data.length, true)).toBe('no');
    const http = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(probe(http, 0, http.length, false)).toBe('no');
    const tls = concat(Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3), noise(600));
    expect(probe(tls, 0, tls.length, false)).toBe('no');
  });

  it('knows a segment in the middle of a connection by its chunks', () => {
    const writer = new ChunkWriter();
    const acknowledged = writer.message({
      type: RtmpType.acknowledgement,
      payload: bytesOf32(5000),
      chunkStreamId: 2,
      messageStreamId: 0,
    });
    expect(probe(acknowledged, 0, acknowledged.length, false)).toBe('yes');
    const media = concat(
      writer.message({ type: 9, payload: video(500), format: 1, deltaMs: 40, chunkStreamId: 6 }),
      writer.message({ type: 8, payload: audio(300), format: 1, deltaMs: 23, chunkStreamId: 4 }),
    );
    expect(probe(media, 0, media.length, false)).toBe('yes');
    expect(probe(media, 1, media.length, false)).toBe('no');
  });

  it('takes no chunk for a handshake', () => {
    for (const chunkStreamId of [3, 6, 8, 9]) {
      const writer = new ChunkWriter();
      writer.chunkSize = 4096;
      const first = writer.message({ type: 9, payload: video(3000), timestampMs: 77, chunkStreamId });
      expect(probe(first, 0, first.length, true)).toBe('no');
      const rtmp = connection(new TestSink());
      for (let i = 0; i < 5; i += 1) {
        rtmp.send(1, writer.message({ type: 9, payload: video(3000, i), timestampMs: 40 * i, chunkStreamId }), 100);
      }
      rtmp.end();
      expect(rtmp.hearer.handshakes).toEqual([]);
      expect(rtmp.hearer.messages.map(({ length }) => length)).toEqual([3000, 3000, 3000, 3000, 3000]);
    }
  });

  it('takes no random bytes for RTMP', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => {
        expect(probe(bytes, 0, bytes.length, false)).toBe('no');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('handshake', () => {
  it('tells the plain one from that with digests', () => {
    const plain = opened();
    expect(plain.hearer.handshakes).toEqual(['0: 3 -', '1: 3 -', '1: plain', '0: plain']);
    const digest = connection(new TestSink());
    digest.send(0, firstFlight(1, 3, 0x0a002d02));
    digest.send(1, concat(firstFlight(2, 3, 0x0d0e0a0d), secondFlight(3)));
    digest.send(0, secondFlight(4));
    expect(digest.hearer.handshakes).toEqual(['0: 3 10.0.45.2', '1: 3 13.14.10.13', '1: digest', '0: digest']);
  });

  it('names RTMPE and leaves what follows alone', () => {
    const sink = new TestSink();
    const rtmp = connection(sink);
    rtmp.send(0, firstFlight(1, 6, 0x80000302));
    rtmp.send(0, secondFlight(2));
    rtmp.send(0, noise(5000));
    rtmp.end();
    expect(rtmp.claims).toEqual(['RTMPE']);
    expect(rtmp.hearer.messages).toEqual([]);
    expect(sink.codes).toEqual(['rtmpe']);
  });

  it('survives lost bytes', () => {
    const rtmp = connection(new TestSink());
    rtmp.send(0, firstFlight(1).subarray(0, 1000));
    rtmp.gap(0, 537 + 1536);
    rtmp.send(0, new ChunkWriter().message({ type: 20, payload: amf0('connect', 1), messageStreamId: 0 }));
    expect(rtmp.hearer.messages).toMatchObject([{ type: 20, isCut: false }]);
  });
});

describe('chunks', () => {
  it('reads all four formats with their timestamps', () => {
    const rtmp = opened();
    const writer = new ChunkWriter();
    rtmp.send(1, writer.message({ type: 8, payload: audio(10), timestampMs: 1000, chunkStreamId: 6 }));
    rtmp.send(1, writer.message({ type: 8, payload: audio(12), format: 1, deltaMs: 23, chunkStreamId: 6 }));
    rtmp.send(1, writer.message({ type: 8, payload: audio(12), format: 2, deltaMs: 24, chunkStreamId: 6 }));
    rtmp.send(1, writer.message({ type: 8, payload: audio(12), format: 3, chunkStreamId: 6 }));
    expect(rtmp.hearer.messages.map(({ timestampMs, length }) => [timestampMs, length])).toEqual([
      [1000, 10],
      [1023, 12],
      [1047, 12],
      [1071, 12],
    ]);
    expect(rtmp.hearer.messages.every(({ messageStreamId, isTimeKnown }) => messageStreamId === 1 && isTimeKnown)).toBe(
      true,
    );
  });

  it('reads chunk stream ids of one, two and three bytes', () => {
    const rtmp = opened();
    const ids = [3, 63, 64, 319, 320, 65_599];
    for (const chunkStreamId of ids) {
      rtmp.send(1, new ChunkWriter().message({ type: 9, payload: video(300), chunkStreamId }), 7);
    }
    expect(rtmp.hearer.messages.map(({ chunkStreamId }) => chunkStreamId)).toEqual(ids);
  });

  it('keeps chunks of several messages apart and says where their bytes lie', () => {
    const rtmp = opened();
    const writer = new ChunkWriter();
    const [v1, v2] = writer.chunks({ type: 9, payload: video(200), timestampMs: 5, chunkStreamId: 6 });
    const [a1] = writer.chunks({ type: 8, payload: audio(50), timestampMs: 6, chunkStreamId: 4 });
    rtmp.send(1, concat(v1, a1, v2));
    const base = 1e9 + 3073;
    expect(rtmp.hearer.messages).toMatchObject([
      { type: 8, pieces: [[base + v1.length + 12, 50]], head: [...audio(50).subarray(0, 32)] },
      {
        type: 9,
        pieces: [
          [base + 12, 128],
          [base + v1.length + a1.length + 1, 72],
        ],
      },
    ]);
  });

  it('reads extended timestamps, repeated in chunks of format 3 or not', () => {
    for (const repeatsExtended of [true, false]) {
      const rtmp = opened();
      const writer = new ChunkWriter();
      writer.repeatsExtended = repeatsExtended;
      const sent = [20_000_000, 20_000_040].map((timestampMs) =>
        writer.message({ type: 9, payload: video(500), timestampMs }),
      );
      rtmp.send(1, concat(...sent), repeatsExtended ? 1 : 100_000);
      rtmp.end();
      expect(rtmp.hearer.messages.map(({ timestampMs, length, isCut }) => [timestampMs, length, isCut])).toEqual([
        [20_000_000, 500, false],
        [20_000_040, 500, false],
      ]);
      expect(rtmp.sink.codes).toEqual([]);
    }
  });

  it('follows Set Chunk Size in each direction by itself', () => {
    const rtmp = opened();
    const writer = new ChunkWriter();
    const control = { chunkStreamId: 2, messageStreamId: 0 };
    rtmp.send(1, writer.message({ type: RtmpType.setChunkSize, payload: bytesOf32(4096), ...control }));
    writer.chunkSize = 4096;
    rtmp.send(1, writer.message({ type: 9, payload: video(9000) }));
    rtmp.send(0, new ChunkWriter().message({ type: 20, payload: amf0('play', 0, null, 'x'.repeat(300)) }));
    expect(rtmp.hearer.messages.map(({ direction, length }) => [direction, length])).toEqual([
      [1, 4],
      [1, 9000],
      [0, 320],
    ]);
  });

  it('reports absurd chunk sizes and goes on', () => {
    for (const size of [0xffffffff, 0x7fffffff, 0]) {
      const rtmp = opened();
      const writer = new ChunkWriter();
      const control = { chunkStreamId: 2, messageStreamId: 0 };
      rtmp.send(1, writer.message({ type: RtmpType.setChunkSize, payload: bytesOf32(size), ...control }));
      if (size !== 0) writer.chunkSize = 1 << 24;
      rtmp.send(1, writer.message({ type: 9, payload: video(90_000) }));
      expect(rtmp.hearer.messages.map(({ length }) => length)).toEqual([4, 90_000]);
      expect(rtmp.sink.codes).toEqual(['rtmp-chunk-size']);
    }
  });

  it('gives an aborted message up', () => {
    const rtmp = opened();
    const writer = new ChunkWriter();
    const [first] = writer.chunks({ type: 9, payload: video(400), chunkStreamId: 6 });
    const abort = writer.message({
      type: RtmpType.abort,
      payload: bytesOf32(6),
      chunkStreamId: 2,
      messageStreamId: 0,
    });
    rtmp.send(1, concat(first, abort, writer.message({ type: 9, payload: video(60), chunkStreamId: 6 })));
    expect(rtmp.hearer.messages.map(({ type, isCut, length }) => [type, isCut, length])).toEqual([
      [2, false, 4],
      [9, true, 400],
      [9, false, 60],
    ]);
  });

  it('finds the next chunk behind bytes that begin none', () => {
    const rtmp = opened();
    const writer = new ChunkWriter();
    const media = (seed: number) =>
      concat(
        writer.message({ type: 9, payload: video(700, seed), timestampMs: seed, chunkStreamId: 6 }),
        writer.message({ type: 8, payload: audio(100, seed), timestampMs: seed, chunkStreamId: 4 }),
      );
    rtmp.send(1, concat(media(1), noise(333, 9), media(2), media(3)));
    rtmp.end();
    expect(rtmp.hearer.messages.filter(({ isCut }) => !isCut).map(({ timestampMs }) => timestampMs)).toEqual([
      1, 1, 2, 2, 3, 3,
    ]);
    expect(rtmp.sink.codes).toContain('rtmp-out-of-step');
    expect(rtmp.hearer.losses).toMatchObject([{ lost: 0 }]);
  });
});

describe('lost bytes', () => {
  const writer = new ChunkWriter();
  const sequence = (count: number) =>
    Array.from({ length: count }, (_, i) => [
      writer.message({ type: 9, payload: video(1500, i + 1), timestampMs: 40 * i, chunkStreamId: 6 }),
      writer.message({ type: 8, payload: audio(300, i + 1), timestampMs: 40 * i, chunkStreamId: 4 }),
    ]).flat();

  it('makes a hole where they belong when they lie in one message', () => {
    for (const [from, length] of [
      [40, 60],
      [40, 500],
      [140, 1],
      [300, 1000],
    ]) {
      const rtmp = opened();
      const sent = concat(...sequence(4));
      rtmp.send(1, sent.subarray(0, from));
      rtmp.gap(1, length);
      rtmp.send(1, sent.subarray(from + length));
      rtmp.end();
      const { messages, losses } = rtmp.hearer;
      expect(messages.map(({ timestampMs }) => timestampMs)).toEqual([0, 0, 40, 40, 80, 80, 120, 120]);
      expect(messages.every(({ isTimeKnown, isCut }) => isTimeKnown && !isCut)).toBe(true);
      expect(losses).toEqual([]);
      const missing = messages[0].pieces.filter(([address]) => address === -1).reduce((sum, [, n]) => sum + n, 0);
      expect(missing).toBeLessThanOrEqual(length);
      expect(missing).toBeGreaterThanOrEqual(length - 1 - Math.ceil(length / 128));
      // Every byte that came lies where it was sent.
      const base = 1e9 + 3073;
      let at = 0;
      for (const [address, size] of messages[0].pieces) {
        for (let i = 0; address >= 0 && i < size; i += 1) {
          expect(sent[address - base + i]).toBe(video(1500, 1)[at + i]);
        }
        at += size;
      }
      expect(at).toBe(1500);
    }
  });

  it('goes on with the next message that is whole when several are hit', () => {
    const rtmp = opened();
    const sent = concat(...sequence(6));
    rtmp.send(1, sent.subarray(0, 1000));
    rtmp.gap(1, 1700);
    rtmp.send(1, sent.subarray(2700));
    rtmp.end();
    const { messages, losses } = rtmp.hearer;
    expect(messages.map(({ timestampMs, type, isCut }) => [timestampMs, type, isCut])).toEqual([
      [0, 9, true],
      [40, 8, false],
      ...[80, 120, 160, 200].flatMap((time) => [
        [time, 9, false],
        [time, 8, false],
      ]),
    ]);
    expect(losses).toMatchObject([{ lost: 1700 }]);
    expect(messages[1].lostBefore).toBe(losses[0].lost + losses[0].skipped);
  });

  it('finds its way into a connection whose beginning is missing, and the chunk size', () => {
    for (const chunkSize of [128, 4096, 60_000, 1 << 24]) {
      const rtmp = connection(new TestSink());
      const own = new ChunkWriter();
      own.chunkSize = chunkSize;
      const sent = Array.from({ length: 12 }, (_, i) => [
        own.message({ type: 9, payload: video(i === 3 ? 70_000 : 1500, i), format: 1, deltaMs: 40, chunkStreamId: 6 }),
        own.message({ type: 8, payload: audio(300, i), format: 1, deltaMs: 40, chunkStreamId: 4 }),
      ]).flat();
      rtmp.send(1, concat(...sent).subarray(700));
      rtmp.end();
      const whole = rtmp.hearer.messages.filter(({ isCut }) => !isCut);
      expect(whole.map(({ length }) => length)).toEqual([
        300, 1500, 300, 1500, 300, 70_000, 300, 1500, 300, 1500, 300, 1500, 300, 1500, 300, 1500, 300, 1500, 300, 1500,
        300, 1500, 300,
      ]);
      expect(whole.every(({ isTimeKnown }) => !isTimeKnown)).toBe(true);
    }
  });
});

describe('any bytes', () => {
  const piece = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => ({ bytes, gap: 0 })),
    fc.constant({ bytes: new ChunkWriter().message({ type: 9, payload: video(900) }), gap: 0 }),
    fc.constant({
      bytes: new ChunkWriter().message({ type: 8, payload: audio(90), format: 1, chunkStreamId: 5 }),
      gap: 0,
    }),
    fc.constant({ bytes: concat(firstFlight(3), secondFlight(4)), gap: 0 }),
    fc.integer({ min: 1, max: 5000 }).map((gap) => ({ bytes: new Uint8Array(0), gap })),
  );

  it('come to an end, and give the same however they are split', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 700 }), (pieces, step) => {
        const results = [1, step, Number.POSITIVE_INFINITY].map((size) => {
          const sink = new TestSink();
          const rtmp = connection(sink);
          for (const { bytes, gap } of pieces) {
            if (gap > 0) rtmp.gap(1, gap);
            else rtmp.send(1, bytes, Math.min(size, bytes.length));
          }
          rtmp.end();
          const total = pieces.reduce((sum, { bytes, gap }) => sum + bytes.length + gap, 0);
          expect(rtmp.hearer.messages.length).toBeLessThanOrEqual(total);
          return JSON.stringify([rtmp.hearer.messages, rtmp.hearer.losses, rtmp.hearer.handshakes, sink.codes]);
        });
        expect(results[0]).toBe(results[2]);
        expect(results[1]).toBe(results[2]);
      }),
      { numRuns: 300 },
    );
  });
});
