import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { depacketize, mediaPacket } from '../codecs/testing/media-packets';
import type { AccessUnit } from '../codecs/index';
import { audioFileFormat, loas } from './audio-file';

const unitOf = (...units: Uint8Array[]): AccessUnit => ({
  timestamp: 0,
  units,
  isKey: true,
  isDamaged: false,
  followsGap: false,
  gaps: [],
  frames: [1],
});
const options = { parameters: { clockRateHz: 8000, channels: 1 }, channels: 1 };
const span = { samples: 160, sampleRateHz: 8000 };
const text = (bytes: Uint8Array | null, end: number): string =>
  String.fromCharCode(...(bytes ?? new Uint8Array(0)).subarray(0, end));

describe('AMR', () => {
  it('stores time that no frame covers as NO_DATA (RFC 4867, section 5.3)', () => {
    const file = audioFileFormat('amr')?.create(options);
    const speech = new Uint8Array(32).fill(0x3c);
    const first = file?.write(unitOf(speech), span, 0) ?? new Uint8Array(0);
    expect(text(first, 6)).toBe('#!AMR\n');
    expect(first).toHaveLength(6 + 32);
    expect(file?.write(unitOf(speech), span, 480)).toEqual(Uint8Array.of(0x7c, 0x7c, 0x7c, ...speech));
    // A leap of an hour is not an hour of silence.
    expect(file?.write(unitOf(speech), span, 3600 * 8000)).toHaveLength(32);
  });
});

describe('iLBC', () => {
  it('tells the mode by the first frame and leaves out the other one', () => {
    const file = audioFileFormat('ilbc')?.create(options);
    expect(text(file?.write(unitOf(new Uint8Array(38)), span, 0) ?? null, 9)).toBe('#!iLBC20\n');
    expect(file?.write(unitOf(new Uint8Array(50)), span, 0)).toBeNull();
    expect(file?.write(unitOf(new Uint8Array(38)), span, 0)).toHaveLength(38);
  });
});

describe('AAC', () => {
  it('is ADTS where that can say it', () => {
    const file = audioFileFormat('mpeg4-generic')?.create(options);
    const frame = Uint8Array.of(1, 2, 3);
    expect(file?.write(unitOf(Uint8Array.of(0x12, 0x10), frame), span, 0)).toEqual(
      Uint8Array.of(0xff, 0xf1, 0x50, 0x80, 0x01, 0x5f, 0xfc, 1, 2, 3),
    );
  });

  it('is LOAS else, which the reader of LATM understands', () => {
    const config = Uint8Array.of(0x13, 0x08);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 700 }), (frame) => {
        const bytes = loas.create(options).write(unitOf(config, frame), span, 0) ?? new Uint8Array(0);
        expect((bytes[0] << 3) | (bytes[1] >> 5)).toBe(0x2b7);
        expect(((bytes[1] & 0x1f) << 8) | bytes[2]).toBe(bytes.length - 3);
        const [unit] = depacketize('MP4A-LATM', [mediaPacket(bytes.subarray(3), { marker: true })]);
        expect(unit.units).toEqual([config, frame]);
      }),
    );
  });
});

describe('Ogg', () => {
  it('counts granules with the silence between packets, and marks first and last page', () => {
    const file = audioFileFormat('opus')?.create(options);
    const opus = { samples: 960, sampleRateHz: 48_000 };
    const pages = [
      file?.write(unitOf(Uint8Array.of(0x78)), opus, 0),
      file?.write(unitOf(Uint8Array.of(0x78)), opus, 4800),
      file?.end(),
    ].flatMap((bytes) => [...(bytes ?? [])]);
    const found: { flags: number; granule: number; sequence: number }[] = [];
    for (let at = 0; at < pages.length; ) {
      const page = new DataView(Uint8Array.from(pages.slice(at)).buffer);
      expect(page.getUint32(0)).toBe(0x4f67_6753);
      found.push({ flags: page.getUint8(5), granule: page.getUint32(6, true), sequence: page.getUint32(18, true) });
      const segments = page.getUint8(26);
      let length = 27 + segments;
      for (let i = 0; i < segments; i += 1) length += page.getUint8(27 + i);
      at += length;
    }
    expect(found).toEqual([
      { flags: 2, granule: 0, sequence: 0 },
      { flags: 0, granule: 0, sequence: 1 },
      { flags: 0, granule: 960, sequence: 2 },
      { flags: 4, granule: 6720, sequence: 3 },
    ]);
  });
});
