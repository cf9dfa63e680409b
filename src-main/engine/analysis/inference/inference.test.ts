import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferFormat, scoreFormats } from './infer-format';
import { StreamSample } from './sample';

/** Reproducible bytes without any structure (xorshift, 32 bits). */
function randomBytes(seed: number): (length: number) => Uint8Array {
  let state = seed | 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 11) & 0xff;
    });
}

interface Shape {
  readonly step: number;
  readonly rateHz: number | null;
  readonly count?: number;
  readonly marker?: (i: number) => boolean;
}

/** A stream of payloads, each `step` ticks after the one before. */
function streamOf(payload: (i: number) => Uint8Array, { step, rateHz, count = 100, marker }: Shape): StreamSample {
  const packets = Array.from({ length: count }, (_, i) => ({
    payload: payload(i),
    sequence: 1000 + i,
    timestamp: 5000 + step * i,
    marker: marker?.(i) ?? false,
    frame: i + 1,
    missing: 0,
  }));
  return new StreamSample(packets, rateHz, rateHz === null ? 0 : 4);
}

const head = (bytes: Uint8Array, ...first: number[]): Uint8Array => {
  bytes.set(first);
  return bytes;
};

function codecOf(sample: StreamSample): string | null {
  return inferFormat(sample).best?.encodingName ?? null;
}

describe('inferFormat', () => {
  const random = randomBytes(1);
  const voice = (step: number) => ({ step, rateHz: step === 320 ? 16_000 : 8000 });

  it.each<[string, () => StreamSample]>([
    [
      'AMR',
      () => streamOf(() => head(random(32), 0xf3, 0xc0 | (random(1)[0] & 0x3f)).map(endClear(32, 2)), voice(160)),
    ],
    ['AMR', () => streamOf(() => head(random(33), 0xf0, 0x3c), voice(160))],
    ['AMR-WB', () => streamOf(() => head(random(62), 0xf0, 0x44), voice(320))],
    ['GSM', () => streamOf(() => random(33).map((byte, i) => (i === 0 ? 0xd0 | (byte & 15) : byte)), voice(160))],
    ['iLBC', () => streamOf(() => random(38).map(endClear(38, 1)), voice(160))],
    ['iLBC', () => streamOf(() => random(50).map(endClear(50, 1)), voice(240))],
    ['G723', () => streamOf(() => random(24).map((byte, i) => (i === 0 ? byte & 0xfc : byte)), voice(240))],
    ['DVI4', () => streamOf(() => head(random(84), 12, 200, 40, 0), voice(160))],
    ['opus', () => streamOf((i) => head(random(60 + (i % 40)), 0x78), { step: 960, rateHz: 48_000 })],
    ['MP2T', () => streamOf(() => random(1316).map((b, i) => (i % 188 ? b : 0x47)), { step: 900, rateHz: 90_000 })],
    ['MPA', () => streamOf(() => head(random(420), 0, 0, 0, 0, 0xff, 0xfb, 0x90), { step: 2351, rateHz: 90_000 })],
    ['AC3', () => streamOf(() => head(random(500), 0, 1, 0x0b, 0x77, 0, 0, 0x10, 64), { step: 1536, rateHz: 48_000 })],
    ['H261', () => streamOf(() => head(random(500), 1, 0, 0, 0, 0, 1, 0, 4), { step: 3000, rateHz: 90_000 })],
    ['H263-1998', () => streamOf(() => head(random(500), 4, 0, 0x80, 2), { step: 3000, rateHz: 90_000 })],
    ['MPV', () => streamOf(() => head(random(500), 0, 0, 0x31, 0, 0, 0, 1, 0xb3), { step: 3600, rateHz: 90_000 })],
    ['MP4V-ES', () => streamOf(() => head(random(500), 0, 0, 1, 0xb6), { step: 3600, rateHz: 90_000 })],
    ['MP2P', () => streamOf(() => head(random(500), 0, 0, 1, 0xba), { step: 3600, rateHz: 90_000 })],
    [
      'VP8',
      () =>
        streamOf((i) => head(random(400), 0x90, 0x80, i & 0x7f, 0, 0, 0, 0x9d, 1, 0x2a, 64, 1, 240, 0), {
          step: 3000,
          rateHz: 90_000,
        }),
    ],
    [
      'VP9',
      () => streamOf((i) => head(random(400), 0x8c, i & 0x7f), { step: 3000, rateHz: 90_000, marker: () => true }),
    ],
    ['AV1', () => streamOf(() => head(random(400), 0x18, 0x0a), { step: 3000, rateHz: 90_000 })],
    [
      'JPEG',
      () =>
        streamOf(() => head(random(400), 0, 0, 0, 0, 1, 60, 40, 30), {
          step: 3000,
          rateHz: 90_000,
          marker: () => true,
        }),
    ],
    ['H265', () => streamOf(() => head(random(400), 2, 1, 0xd0), { step: 3000, rateHz: 90_000 })],
  ])('names %s', (codec, sample) => {
    const { best, reasons } = inferFormat(sample());
    expect(best?.encodingName).toBe(codec);
    expect(reasons.length).toBeGreaterThan(0);
  });

  it('finds the rate and the channels of AAC', () => {
    const unit = (size: number): Uint8Array =>
      head(random(size + 4), 0, 16, (size >> 5) & 0xff, (size << 3) & 0xff, 0x21);
    const { best } = inferFormat(streamOf((i) => unit(200 + (i % 90)), { step: 1024, rateHz: 32_010 }));
    expect(best).toMatchObject({ encodingName: 'MPEG4-GENERIC', clockRateHz: 32_000, channels: 2 });
    // AAC-LC, rate index 5, two channels: 00010 0101 0010 000.
    expect(best?.fmtp).toContain('mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1290');
  });

  it('finds the packing of AMR', () => {
    const aligned = inferFormat(streamOf(() => head(random(33), 0xf0, 0x3c), voice(160)));
    expect(aligned.best?.fmtp).toBe('octet-align=1');
  });

  it.each(['PCMU', 'PCMA'])('tells %s by how well samples foresee the next', (law) => {
    const sample = streamOf((i) => encodeTones(law, 160 * i), voice(160));
    expect(codecOf(sample)).toBe(law);
  });

  it('takes H.264 apart by its fragments', () => {
    const flags = (i: number): number => (i % 10 === 0 ? 0x81 : i % 10 === 9 ? 0x41 : 0x01);
    const packets = Array.from({ length: 100 }, (_, i) => ({
      payload: head(random(900), 0x7c, flags(i)),
      sequence: i,
      timestamp: 3000 * Math.floor(i / 10),
      marker: i % 10 === 9,
      frame: i,
      missing: 0,
    }));
    expect(inferFormat(new StreamSample(packets, 90_000, 4)).best).toMatchObject({
      encodingName: 'H264',
      confidence: 0.97,
    });
  });

  it('leaves random payloads unknown, and says that they look encrypted', () => {
    const lengths = [20, 33, 38, 50, 60, 160, 164, 170, 320, 500, 1200];
    const shapes = [voice(160), voice(240), { step: 960, rateHz: 48_000 }, { step: 3000, rateHz: 90_000 }];
    let wrong = 0;
    let count = 0;
    for (let round = 0; round < 5; round += 1) {
      for (const length of lengths) {
        for (const shape of shapes) {
          count += 1;
          const bytes = randomBytes(7 + 31 * count);
          if (codecOf(streamOf(() => bytes(length), { ...shape, count: 64 }))) wrong += 1;
        }
      }
    }
    expect(wrong / count).toBeLessThan(0.01);
    const secret = inferFormat(streamOf(() => random(170), voice(160)));
    expect(secret).toMatchObject({ best: null });
    expect(secret.reasons.join()).toContain('encrypted');
  });

  it('does not take a constant byte for anything', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const { best } = inferFormat(streamOf(() => new Uint8Array(170).fill(byte), voice(160)));
      expect(best?.confidence ?? 0).toBeLessThanOrEqual(0.8);
    }
  });

  it('never throws, whatever the payloads', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }), fc.boolean(), (payloads, marker) => {
        const sample = streamOf((i) => payloads[i], {
          step: 160,
          rateHz: null,
          count: payloads.length,
          marker: () => marker,
        });
        for (const { evidence, limit } of scoreFormats(sample)) {
          expect(evidence).not.toBeNaN();
          expect(limit).toBeLessThan(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function endClear(length: number, bits: number): (byte: number, i: number) => number {
  return (byte, i) => (i === length - 1 ? byte & ~((1 << bits) - 1) : byte);
}

/** Two tones with a little noise, in G.711: the code word whose value is nearest by its definition (ITU-T G.711). */
function encodeTones(law: string, from: number): Uint8Array {
  return Uint8Array.from({ length: 160 }, (_, n) => {
    const t = from + n;
    const value = Math.round(2500 * Math.sin(t * 0.21) + 1500 * Math.sin(t * 0.052) + 300 * Math.sin(t * t));
    return law === 'PCMU' ? muLaw(value) : aLaw(value);
  });
}

function muLaw(value: number): number {
  const magnitude = Math.min(32_635, Math.abs(value)) + 132;
  const segment = Math.max(0, Math.floor(Math.log2(magnitude)) - 7);
  return ~((value < 0 ? 0x80 : 0) | (segment << 4) | ((magnitude >> (segment + 3)) & 15)) & 0xff;
}

function aLaw(value: number): number {
  const magnitude = Math.min(32_635, Math.abs(value));
  const segment = Math.max(0, Math.floor(Math.log2(Math.max(1, magnitude))) - 7);
  const step = segment === 0 ? magnitude >> 4 : (magnitude >> (segment + 3)) & 15;
  return ((value < 0 ? 0 : 0x80) | (segment << 4) | step) ^ 0x55;
}
