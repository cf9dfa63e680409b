import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecs, findCodec } from '../index';
import type { Depacketizer } from '../definition';
import { bodyOf, collect, packetsOf, streamOf, testFormats, type TestPicture } from '../testing/video-packets';

function depacketizer(id: string): Depacketizer {
  const create = findCodec(id)?.createDepacketizer;
  if (!create) throw new Error(`${id} has no depacketizer`);
  return create({ clockRateHz: 90_000, channels: 1 });
}

const pictures = fc
  .array(fc.record({ isKey: fc.boolean(), size: fc.integer({ min: 5, max: 260 }) }), { minLength: 2, maxLength: 12 })
  .map((list): TestPicture[] =>
    list.map(({ isKey, size }, i) => ({ isKey: isKey || i === 0, timestamp: 3000 * i, body: bodyOf(size, i) })),
  );

describe('every video format', () => {
  it('has packets made up for it here', () => {
    const known = new Set(testFormats.map(({ id }) => id));
    const video = codecs.values().filter(({ media, createDepacketizer }) => media === 'video' && createDepacketizer);
    // The packets of H263-2000 are those of H263-1998.
    expect(video.map(({ id }) => id).filter((id) => !known.has(id))).toEqual(['h263-2000']);
  });
});

describe.each(testFormats)('loss in $id', (format) => {
  it('leaves whole pictures as they were sent', () => {
    fc.assert(
      fc.property(pictures, (sent) => {
        const { payloads, units } = streamOf(format, sent);
        const received = collect(depacketizer(format.id), packetsOf(payloads));
        expect(received.length).toBe(sent.length);
        received.forEach((unit, i) => {
          expect([unit.isDamaged, unit.timestamp, unit.gaps]).toEqual([false, sent[i].timestamp, []]);
          if (format.id !== 'h261') expect(unit.isKey).toBe(sent[i].isKey || format.id === 'jpeg');
          if (format.id === 'jpeg') expect(endsWith(unit.units[0], units[i][0])).toBe(true);
          else expect(unit.units).toEqual(units[i]);
        });
      }),
    );
  });

  it('makes a picture damaged exactly when a packet of it is missing', () => {
    const lossy = pictures.chain((sent) => {
      const { payloads } = streamOf(format, sent);
      return fc.tuple(fc.constant(sent), fc.array(fc.nat(payloads.length - 1), { maxLength: 10 }));
    });
    fc.assert(
      fc.property(lossy, ([sent, drops]) => {
        const { payloads, pictureOf, units } = streamOf(format, sent);
        // The first picture shows how pictures of the stream begin.
        const lost = new Set(drops.filter((packet) => pictureOf[packet] > 0));
        const packets = packetsOf(payloads, lost);
        const received = collect(depacketizer(format.id), packets);
        const came = new Map<number, number>();
        for (const { sequence } of packets) came.set(pictureOf[sequence], (came.get(pictureOf[sequence]) ?? 0) + 1);
        expect(received.map(({ timestamp }) => timestamp / 3000)).toEqual([...came.keys()]);
        const lastPicture = pictureOf[packets[packets.length - 1].sequence];
        for (const unit of received) {
          const picture = unit.timestamp / 3000;
          const isWhole = came.get(picture) === pictureOf.filter((of) => of === picture).length;
          expect(unit.isDamaged, `picture ${picture} without ${[...lost].join(', ')}`).toBe(!isWhole);
          if (isWhole && format.id !== 'jpeg') expect(unit.units).toEqual(units[picture]);
          // Every missing number is told, by the pictures on both sides when it lies between two.
          for (const { first, count } of unit.gaps) {
            for (let number = first; number < first + count; number += 1) expect(lost.has(number)).toBe(true);
          }
          if (!isWhole && picture !== lastPicture) expect(unit.gaps.length).toBeGreaterThan(0);
          expect(unit.frames).toEqual(
            packets.filter(({ sequence }) => pictureOf[sequence] === picture).map(({ frame }) => frame),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says where pictures are missing altogether', () => {
    const sent: TestPicture[] = [0, 1, 2, 3].map((i) => ({ isKey: i === 0, timestamp: 3000 * i, body: bodyOf(30, i) }));
    const { payloads, pictureOf } = streamOf(format, sent);
    const lost = new Set(pictureOf.flatMap((picture, packet) => (picture === 2 ? [packet] : [])));
    const received = collect(depacketizer(format.id), packetsOf(payloads, lost));
    expect(received.map(({ followsGap }) => followsGap)).toEqual([true, false, true]);
    expect(received.map(({ isDamaged }) => isDamaged)).toEqual([false, false, false]);
  });

  it('begins in the middle of a stream, and anew after a restart', () => {
    const sent: TestPicture[] = [0, 1, 2].map((i) => ({ isKey: i === 0, timestamp: 3000 * i, body: bodyOf(200, i) }));
    const { payloads } = streamOf(format, sent);
    const instance = depacketizer(format.id);
    const middle = packetsOf(payloads.slice(2));
    const first = middle.slice(0, 3).flatMap((packet) => [...instance.push(packet)]);
    const [rest] = instance.reset('restart');
    expect([...first, rest][0].isDamaged).toBe(true);
    const again = collect(instance, packetsOf(payloads));
    expect(again.map(({ isDamaged }) => isDamaged)).toEqual([false, false, false]);
  });

  it('never throws and keeps nothing of what is over, whatever the bytes', () => {
    const payload = fc.uint8Array({ maxLength: 64 });
    const mutated = pictures.chain((sent) => {
      const { payloads } = streamOf(format, sent);
      return fc.tuple(fc.constantFrom(...payloads), fc.nat(63), fc.nat(255)).map(([item, at, value]) => {
        const bytes = item.payload.slice(0, Math.max(1, at));
        bytes[Math.min(at, bytes.length - 1)] = value;
        return bytes;
      });
    });
    const packet = fc.record({
      payload: fc.oneof(payload, mutated),
      timestamp: fc.nat(4),
      marker: fc.boolean(),
      lostBefore: fc.nat(1),
      missing: fc.constantFrom(0, 0, 0, 5),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 40 }), (list) => {
        const instance = depacketizer(format.id);
        let sequence = 0;
        const packets = list.map((item, i) => ({ ...item, sequence: (sequence += 1 + item.lostBefore), frame: i + 1 }));
        const received = collect(instance, packets);
        const inspector = findCodec(format.id)?.createInspector?.({ clockRateHz: 90_000, channels: 1 });
        for (const unit of received) inspector?.push(unit);
        const frames = received.flatMap((unit) => [...unit.frames]);
        // In the interleaved mode of H.264 a packet that holds no whole NAL unit belongs to no picture.
        const isInterleaved =
          format.id === 'h264' && packets.some(({ payload: p }) => [25, 26, 27, 29].includes(p[0] & 31));
        if (!isInterleaved) expect(frames).toEqual(packets.map(({ frame }) => frame));
        expect(collect(instance, [])).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('stays bounded when a picture does not end', () => {
    const instance = depacketizer(format.id);
    const [first] = streamOf(format, [{ isKey: true, timestamp: 0, body: bodyOf(100, 0) }]).payloads;
    const payload = new Uint8Array(60_000).fill(0x41);
    payload.set(first.payload.subarray(0, 12));
    let most = 0;
    for (let i = 0; i < 2500; i += 1) {
      const packet = { payload, sequence: i, timestamp: 0, marker: false, frame: i + 1, lostBefore: 0, missing: 0 };
      for (const unit of instance.push(packet)) {
        most = Math.max(
          most,
          unit.units.reduce((sum, { length }) => sum + length, 0),
        );
        expect(unit.isDamaged).toBe(true);
      }
    }
    instance.flush();
    expect(most).toBeLessThan(64 << 20);
  });
});

function endsWith(whole: Uint8Array, end: Uint8Array): boolean {
  return end.every((byte, i) => whole[whole.length - end.length + i] === byte);
}
