import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { staticPayloadTypes } from '../protocols/rtp';
import { codecs, findCodec, type PcmDecoder } from './index';

function decoder(name: string, clockRateHz = 8000, channels = 1): PcmDecoder {
  const create = findCodec(name)?.createDecoder;
  if (!create) throw new Error(`${name} has no decoder`);
  return create({ clockRateHz, channels });
}

function decode(name: string, payload: readonly number[], channels = 1): number[] {
  const instance = decoder(name, 8000, channels);
  const target = new Int16Array(instance.samplesIn(payload.length) * channels);
  const samples = instance.decode(Uint8Array.from(payload), target);
  expect(samples).toBe(instance.samplesIn(payload.length));
  return [...target];
}

const allBytes = Array.from({ length: 256 }, (_, i) => i);

/**
 * G.711 encoders from the definition, for round trips: the code word whose decoder output value is nearest
 * (the Recommendation's decision values lie halfway between output values).
 */
function nearest(values: readonly number[], sample: number): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) {
    if (Math.abs(values[i] - sample) < Math.abs(values[best] - sample)) best = i;
  }
  return best;
}

describe('codec registry', () => {
  it('holds every codec file of the folder once', () => {
    const helpers = ['index.ts', 'definition.ts', 'sample-codec.ts'];
    const folder = new URL('.', import.meta.url);
    const files = readdirSync(folder).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !helpers.includes(name),
    );
    const ids = files.flatMap((name) =>
      [...readFileSync(new URL(name, folder), 'utf8').matchAll(/\bid: '([^']+)'/g)].map(([, id]) => id),
    );
    expect(ids.sort()).toEqual(
      codecs
        .values()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('refuses an id that stands twice', () => {
    const [first] = codecs.values();
    expect(() => codecs.register({ ...first })).toThrow(/twice/);
  });

  it('finds names whatever their case', () => {
    expect(findCodec('PcMu')).toBe(codecs.get('pcmu'));
    expect(findCodec('no-such')).toBeUndefined();
    for (const { id, encodingName } of codecs.values()) expect(encodingName.toLowerCase()).toBe(id);
  });

  it('agrees with RFC 3551 on static payload types', () => {
    for (const codec of codecs.values()) {
      for (const payloadType of codec.staticTypes) {
        expect(staticPayloadTypes.get(payloadType)).toMatchObject({
          encodingName: codec.encodingName,
          media: codec.media,
        });
        // DVI4 has four rates.
        if (codec.id !== 'dvi4') expect(staticPayloadTypes.get(payloadType)?.clockRateHz).toBe(codec.clockRateHz);
      }
    }
  });
});

describe('PCMU', () => {
  it('gives the output values of ITU-T G.711, table 2, times four', () => {
    // Code words as sent; y values of decoder output numbers 128, 127, 113, 112, 97, 96, 2, 1, 0 times 4.
    const known: readonly [number, number][] = [
      [0x80, 32_124],
      [0x81, 31_100],
      [0x8f, 16_764],
      [0x90, 15_996],
      [0x9f, 8316],
      [0xa0, 7932],
      [0xfd, 16],
      [0xfe, 8],
      [0xff, 0],
      [0x00, -32_124],
      [0x0f, -16_764],
      [0x10, -15_996],
      [0x7e, -8],
      [0x7f, 0],
    ];
    expect(
      decode(
        'PCMU',
        known.map(([code]) => code),
      ),
    ).toEqual(known.map(([, value]) => value));
  });

  it('is symmetric and rises within the polarity', () => {
    const values = decode('PCMU', allBytes);
    for (let code = 0; code < 128; code += 1) expect(values[code] + values[code + 128]).toBe(0);
    for (let code = 0; code < 127; code += 1) expect(values[code]).toBeLessThan(values[code + 1]);
  });

  it('keeps every value through encoding and decoding', () => {
    const values = decode('PCMU', allBytes);
    for (const value of values) expect(values[nearest(values, value)]).toBe(value);
  });
});

describe('PCMA', () => {
  it('gives the output values of ITU-T G.711, table 1, times eight', () => {
    const known: readonly [number, number][] = [
      [0xaa, 32_256],
      [0xab, 31_232],
      [0xa5, 16_896],
      [0xba, 16_128],
      [0x80, 5504],
      [0xd4, 24],
      [0xd5, 8],
      [0x55, -8],
      [0x54, -24],
      [0x2a, -32_256],
      [0x25, -16_896],
    ];
    expect(
      decode(
        'PCMA',
        known.map(([code]) => code),
      ),
    ).toEqual(known.map(([, value]) => value));
  });

  it('is symmetric and has 256 different values', () => {
    const values = decode('PCMA', allBytes);
    for (let code = 0; code < 128; code += 1) expect(values[code] + values[code + 128]).toBe(0);
    expect(new Set(values).size).toBe(256);
  });
});

describe('L16', () => {
  it('reads big endian, interleaved', () => {
    expect(decode('L16', [0x7f, 0xff, 0x80, 0x00, 0x00, 0x01, 0xff, 0xff], 2)).toEqual([32_767, -32_768, 1, -1]);
  });

  it('leaves out a sample that is not whole in every channel', () => {
    expect(decode('L16', [0, 1, 0, 2, 0, 3, 9], 2)).toEqual([1, 2]);
    expect(decode('L16', [0], 1)).toEqual([]);
  });
});

describe('other linear PCM', () => {
  it('reads L8 around 128', () => {
    expect(decode('L8', [0, 127, 128, 129, 255])).toEqual([-32_768, -256, 0, 256, 32_512]);
  });

  it('keeps the highest 16 of 20 bits, two samples in five octets', () => {
    // 0x12345 and 0xfedcb, then half of another pair: one sample.
    expect(decode('L20', [0x12, 0x34, 0x5f, 0xed, 0xcb, 0x80, 0x00, 0x0f])).toEqual([0x1234, -0x0124, -32_768]);
  });

  it('keeps the highest 16 of 24 bits, interleaved', () => {
    expect(decode('L24', [0x7f, 0xff, 0xff, 0x80, 0x00, 0x01, 0, 0], 2)).toEqual([32_767, -32_768]);
  });
});

describe('DVI4', () => {
  it('decodes by the state that each packet carries, high bits first', () => {
    // Predictor 1000, step index 0 (step 7). Code 7: 7/8 + 7 + 7/2 + 7/4 = 0 + 7 + 3 + 1 = 11, index 8 (step 16).
    // Code 9 (-1): 16/8 + 16/4 = 2 + 4 = 6, index 7.
    expect(decode('DVI4', [0x03, 0xe8, 0, 0, 0x79])).toEqual([1011, 1005]);
  });

  it('holds within 16 bits and the table of steps', () => {
    const loud = decode('DVI4', [0x7f, 0xff, 200, 0, ...new Array<number>(20).fill(0x77)]);
    expect(loud).toEqual(new Array(40).fill(32_767));
    expect(decode('DVI4', [0, 0, 0])).toEqual([]);
  });
});

describe('any payload', () => {
  it('decodes without a throw and within the room asked for', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('PCMU', 'PCMA', 'L8', 'L16', 'L20', 'L24', 'DVI4'),
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 1, max: 8 }),
        (name, payload, channels) => {
          const instance = decoder(name, 8000, channels);
          const room = instance.samplesIn(payload.length) * channels;
          const target = new Int16Array(room + 8).fill(1234);
          expect(instance.decode(payload, target)).toBe(instance.samplesIn(payload.length));
          expect([...target.subarray(room)]).toEqual(new Array(8).fill(1234));
        },
      ),
    );
  });
});
