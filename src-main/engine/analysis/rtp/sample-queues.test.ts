import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtpSample } from './rtp-sample';
import { SampleQueues } from './sample-queues';

function sampleOf(fields: Partial<RtpSample>): RtpSample {
  return Object.assign(new RtpSample(), fields);
}

describe('SampleQueues', () => {
  it('gives every sample back as it was, those of a stream in their order', () => {
    const field = fc.record({
      stream: fc.integer({ min: 0, max: 5000 }),
      timeNs: fc.double({ min: -1e18, max: 1e18, noNaN: true }),
      frame: fc.integer({ min: 1, max: 0xffffffff }),
      sequence: fc.integer({ min: 0, max: 0xffff }),
      timestamp: fc.integer({ min: 0, max: 0xffffffff }),
      payloadType: fc.integer({ min: 0, max: 127 }),
      marker: fc.boolean(),
      ipBytes: fc.integer({ min: 0, max: 70_000 }),
      payloadBytes: fc.integer({ min: 0, max: 65_535 }),
      isTruncated: fc.boolean(),
      payloadWord: fc.integer({ min: -1, max: 0xffffffff }),
    });
    fc.assert(
      fc.property(fc.array(field, { maxLength: 300 }), (fields) => {
        const came = new Map<number, object[]>();
        const queues = new SampleQueues((stream, rows, from, count) => {
          for (let row = from; row < from + count; row += 1) {
            const sample = new RtpSample();
            rows.read(row, sample);
            came.set(stream, [...(came.get(stream) ?? []), { stream, ...sample }]);
          }
        });
        const sent = new Map<number, object[]>();
        for (const { stream, ...rest } of fields) {
          queues.push(stream, sampleOf(rest));
          sent.set(stream, [...(sent.get(stream) ?? []), { stream, ...rest }]);
        }
        queues.settleAll();
        expect(came).toEqual(sent);
      }),
      { numRuns: 30 },
    );
  });

  it('counts the samples of one stream when asked, and of all when too many streams wait', () => {
    const counted: number[] = [];
    const queues = new SampleQueues((stream, _rows, _from, count) => {
      for (let i = 0; i < count; i += 1) counted.push(stream);
    });
    queues.push(7, sampleOf({}));
    queues.push(8, sampleOf({}));
    queues.settle(7);
    queues.settle(99);
    expect(counted).toEqual([7]);
    for (let stream = 100; stream < 5100; stream += 1) queues.push(stream, sampleOf({}));
    expect(counted.length).toBeGreaterThan(2000);
    queues.settleAll();
    queues.settleAll();
    expect(counted).toHaveLength(5002);
  });
});
