import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtpSample } from './rtp-sample';
import { RtpStream } from './rtp-stream';
import { SampleRows } from './sample-rows';

const context = {
  flow: 0,
  source: { address: '192.0.2.1', port: 4000 },
  destination: { address: '192.0.2.2', port: 4002 },
  received: [],
  sent: [],
};

/** What a packet does against the one before it. */
const deed = fc.oneof(
  { weight: 12, arbitrary: fc.record({ sequence: fc.constant(1), ticks: fc.constant(160), ms: fc.constant(20) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      sequence: fc.constant(1),
      ticks: fc.constantFrom(0, 80, 160, 161, 320, 800, -3000, 40_000),
      ms: fc.double({ min: -30, max: 60, noNaN: true }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      sequence: fc.constantFrom(-40, -2, -1, 0, 2, 5, 2999, 3001, 30_000),
      ticks: fc.constantFrom(0, 160, -160, 8000, 2 ** 31, 2 ** 31 + 7),
      ms: fc.constantFrom(0, 0.001, 19.3, 1500, 90_000),
    }),
  },
);
const packet = fc.record({
  deed,
  repeats: fc.constantFrom(1, 1, 1, 2, 40),
  marker: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  // PCMU, PCMA, comfort noise, a video clock, L16 whose clock is no whole kilohertz, and types that nobody knows.
  payloadType: fc.constantFrom(0, 0, 0, 0, 0, 8, 13, 26, 10, 99),
  isTruncated: fc.boolean(),
});

function samplesOf(packets: readonly (typeof packet extends fc.Arbitrary<infer P> ? P : never)[], first: number) {
  const samples: RtpSample[] = [];
  let sequence = first;
  let timestamp = first * 70_000;
  let timeNs = 0;
  for (const { deed: by, repeats, marker, payloadType, isTruncated } of packets) {
    for (let i = 0; i < repeats; i += 1) {
      sequence += by.sequence;
      timestamp += by.ticks;
      timeNs += by.ms * 1e6;
      samples.push(
        Object.assign(new RtpSample(), {
          frame: samples.length + 1,
          timeNs,
          sequence: sequence & 0xffff,
          timestamp: timestamp >>> 0,
          payloadType,
          marker,
          isTruncated,
          ipBytes: 200,
          payloadBytes: 160,
          payloadWord: 0x0102_0304,
        }),
      );
    }
  }
  return samples;
}

function figures(stream: RtpStream): unknown {
  stream.statistics.finish();
  const { losses, ...statistics } = stream.statistics;
  return { ...stream, statistics, heat: losses.heat(24) };
}

describe('samples that are counted in runs', () => {
  it('give the figures that they give one by one, to the last digit', () => {
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 60 }),
        fc.constantFrom(0, 100, 65_500),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        (packets, first, lengths) => {
          const samples = samplesOf(packets, first);
          const single = new RtpStream(0, context, 1);
          for (const sample of samples) single.push(sample);
          const inRuns = new RtpStream(0, context, 1);
          const rows = new SampleRows(64);
          for (let at = 0, turn = 0; at < samples.length; turn += 1) {
            const run = samples.slice(at, at + lengths[turn % lengths.length]);
            run.forEach((sample, i) => rows.write(7 + i, sample));
            inRuns.pushAll(rows, 7, run.length);
            at += run.length;
          }
          expect(figures(inRuns)).toEqual(figures(single));
        },
      ),
      { numRuns: 300 },
    );
  });
});
