import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { RpcFailure } from '../../workers/rpc/protocol';
import { planPictures } from '../mux/video-plan';
import { codedPictures } from '../mux/video-plan';
import { exportVideo } from '../mux/video-file';
import { PayloadReader } from '../payload-reader';
import { SampleFixture } from '../testing/sample-fixture';
import { audioFrames } from './audio-frames';
import { keptSound, surveySound } from './coded-sound';
import { samplePictures } from './picture-source';

const fixture = new SampleFixture(64);
const content = fixture.track(
  [{ data: Uint8Array.from({ length: 4096 }, (_, i) => (i % 37 === 0 ? 0 : (i * 7) & 0xff)), timeSeconds: 0 }],
  { kind: 'video', codec: 'H264' },
);
afterAll(() => fixture.dispose());

const nonsense = fc.oneof(
  fc.double(),
  fc.integer({ min: -10, max: 6000 }),
  fc.constantFrom(-1, 2 ** 50, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY),
);
const codecs = ['H264', 'H265', 'VP8', 'VP9', 'AV1', 'JPEG', 'MPV', 'FLV1', 'AAC', 'MPA', 'AC3', 'OPUS', 'PCMU', 'X'];
const framings = ['annex-b', 'length-prefixed', 'raw', 'adts', 'loas'] as const;

const track: fc.Arbitrary<SampleTrack> = fc
  .record({
    kind: fc.constantFrom('video' as const, 'audio' as const),
    codec: fc.constantFrom(...codecs),
    framing: fc.constantFrom(...framings),
    config: fc.option(fc.uint8Array({ maxLength: 40 })),
    count: fc.integer({ min: 0, max: 12 }),
    times: fc.array(nonsense, { maxLength: 12 }),
    starts: fc.array(fc.nat(30), { maxLength: 14 }),
    addresses: fc.array(nonsense, { maxLength: 24 }),
    lengths: fc.array(fc.oneof(fc.nat(400), fc.constantFrom(0, 0xffff_ffff, 1 << 26)), { maxLength: 24 }),
    flags: fc.array(fc.nat(2), { maxLength: 12 }),
    rate: fc.option(fc.constantFrom(0, 8000, 44_100, 1e12)),
    channels: fc.option(fc.constantFrom(0, 1, 2, 300)),
  })
  .map(({ kind, codec, framing, config, count, times, starts, addresses, lengths, flags, rate, channels }) => ({
    ...{ streamId: 'x', kind, codec, framing, config, width: null, height: null, count },
    sampleRateHz: rate,
    channels,
    timeSeconds: Float64Array.from(times),
    decodeSeconds: Float64Array.from(times),
    isKey: Uint8Array.from(flags),
    isDamaged: Uint8Array.from(flags, (flag) => flag >> 1),
    missing: Uint32Array.from(flags),
    frame: Uint32Array.from(starts),
    extentStart: Uint32Array.from(starts),
    extents: {
      count: addresses.length,
      address: Float64Array.from(addresses),
      length: Uint32Array.from(lengths),
    },
  }));

describe('columns of samples that make no sense', () => {
  const reader = PayloadReader.open(fixture.capturePath, fixture.captureBytes);
  afterAll(() => reader.close());

  it('give pictures, or a message that says why there are none', () => {
    fc.assert(
      fc.property(track, fc.constantFrom('faithful' as const, 'clean' as const), (columns, mode) => {
        const samples = fixture.samples({ ...columns, kind: 'video' });
        try {
          const plan = planPictures(samplePictures(samples, reader), mode);
          for (const { units, timeSeconds, durationSeconds } of codedPictures(plan, reader)) {
            expect(units.length).toBeGreaterThan(0);
            expect(Number.isFinite(timeSeconds) && durationSeconds >= 0).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(RpcFailure);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('give sound that never runs backwards, or none', () => {
    fc.assert(
      fc.property(track, (columns) => {
        let last = Number.NEGATIVE_INFINITY;
        for (const { timeSeconds, durationSeconds, data } of audioFrames(columns, reader)) {
          expect(timeSeconds).toBeGreaterThan(last);
          expect(data.length > 0 && durationSeconds > 0).toBe(true);
          last = timeSeconds;
        }
        const sound = surveySound(columns, reader);
        if (sound) keptSound(sound);
      }),
      { numRuns: 400 },
    );
  });

  it('end an export with a message, and leave no file', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(track, track, async (pictures, sound) => {
        const samples = fixture.samples({ ...pictures, kind: 'video' }, { ...sound, kind: 'audio' });
        const path = fixture.file(`fuzz-${(files += 1)}.mkv`);
        const { capturePath, captureBytes } = fixture;
        const request = { format: 'mkv', path, mode: 'faithful', quality: null, ffmpegPath: null } as const;
        try {
          const file = await exportVideo({ samples, capturePath, captureBytes }, request, {});
          expect(file.frames).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RpcFailure);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('do not keep what is good from being read', () => {
    const plan = planPictures(samplePictures(fixture.samples(content), reader), 'faithful');
    expect(plan.shownCount).toBe(1);
  });
});
