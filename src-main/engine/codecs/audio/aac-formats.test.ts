import { describe, expect, it } from 'vitest';
import { BitWriter } from '../../containers/bit-writer';
import { depacketize, mediaPacket, samplesOf } from '../testing/media-packets';
import { parseAacConfig, plainAacConfig } from './aac-config';

const hbr = 'streamtype=5;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1210';

/** `AU-headers-length | AU-headers | access units` of AAC-hbr; each header has a size and an index. */
function hbrPayload(units: readonly { readonly bytes: readonly number[]; readonly index?: number; size?: number }[]) {
  const headers = units.flatMap(({ bytes, index = 0, size = bytes.length }) => [
    (size << 3) >> 8,
    ((size << 3) & 0xff) | index,
  ]);
  return [0, 16 * units.length, ...headers, ...units.flatMap(({ bytes }) => bytes)];
}

const contents = (units: readonly { readonly units: readonly Uint8Array[] }[]): number[][] =>
  units.map(({ units: own }) => [...(own.at(-1) ?? [])]);

describe('AudioSpecificConfig', () => {
  it('reads AAC LC of 44.1 kHz stereo', () => {
    expect(parseAacConfig(Uint8Array.of(0x12, 0x10))).toMatchObject({
      objectType: 2,
      sampleRateHz: 44_100,
      channels: 2,
      coreFrameSamples: 1024,
    });
    expect(plainAacConfig(44_100, 2)?.bytes).toEqual(Uint8Array.of(0x12, 0x10));
  });

  it('reads SBR and parametric stereo as signalled explicitly', () => {
    // Type 5, core 24 kHz, 1 channel, extension 48 kHz, type 2.
    expect(parseAacConfig(Uint8Array.of(0x2b, 0x09, 0x88, 0x00))).toMatchObject({
      objectType: 2,
      coreRateHz: 24_000,
      sampleRateHz: 48_000,
      channels: 1,
    });
    expect(parseAacConfig(Uint8Array.of(0xeb, 0x09, 0x88, 0x00))).toMatchObject({ channels: 2, coreRateHz: 24_000 });
  });

  it('refuses what is no AAC or too short', () => {
    expect(parseAacConfig(Uint8Array.of(0x12))).toBeNull();
    expect(parseAacConfig(Uint8Array.of(0x42, 0x10))).toBeNull(); // CELP
  });
});

describe('MPEG4-GENERIC', () => {
  const parameters = { fmtp: hbr, clockRateHz: 44_100, channels: 2 };

  it('gives each access unit its time', () => {
    const payload = hbrPayload([{ bytes: [1, 2, 3] }, { bytes: [4, 5] }, { bytes: [6] }]);
    const units = depacketize('MPEG4-GENERIC', [mediaPacket(payload, { marker: true })], parameters);
    expect(contents(units)).toEqual([[1, 2, 3], [4, 5], [6]]);
    expect(units.map(({ timestamp }) => timestamp)).toEqual([1000, 2024, 3048]);
    expect(units[0].units[0]).toEqual(Uint8Array.of(0x12, 0x10));
    expect(samplesOf('MPEG4-GENERIC', units[0], parameters)).toBe(1024);
  });

  it('joins the fragments of an access unit, and not across a gap', () => {
    const first = mediaPacket(hbrPayload([{ bytes: [1, 2, 3], size: 7 }]));
    const second = mediaPacket(hbrPayload([{ bytes: [4, 5], size: 7 }]), { timestamp: 1000 }, 1);
    const third = mediaPacket(hbrPayload([{ bytes: [6, 7], size: 7 }]), { timestamp: 1000, marker: true }, 2);
    const [joined, ...rest] = depacketize('MPEG4-GENERIC', [first, second, third], parameters);
    expect(rest).toEqual([]);
    expect(contents([joined])).toEqual([[1, 2, 3, 4, 5, 6, 7]]);
    expect(joined.frames).toEqual([1, 2, 3]);
    const lossy = depacketize('MPEG4-GENERIC', [first, { ...third, lostBefore: 1 }], parameters);
    expect(lossy.every(({ isDamaged }) => isDamaged)).toBe(true);
  });

  it('puts interleaved access units in order', () => {
    // Index deltas of 1: packet 0 has units 0 and 2, packet 1 has 1 and 3.
    const packet = (a: number, b: number, i: number) =>
      mediaPacket(hbrPayload([{ bytes: [a] }, { bytes: [b], index: 1 }]), { timestamp: 1000 + 1024 * i }, i);
    const units = depacketize('MPEG4-GENERIC', [packet(0, 2, 0), packet(1, 3, 1)], parameters);
    expect(contents(units)).toEqual([[0], [1], [2], [3]]);
    expect(units.map(({ timestamp }) => timestamp)).toEqual([1000, 2024, 3048, 4072]);
  });

  it('reads the low bit rate mode: 6 bits of size, 2 of index', () => {
    const fmtp = 'mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2;config=1408';
    const units = depacketize('MPEG4-GENERIC', [mediaPacket([0, 16, 3 << 2, 2 << 2, 1, 2, 3, 4, 5])], { fmtp });
    expect(contents(units)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('says what is damaged', () => {
    const payload = hbrPayload([{ bytes: [1, 2, 3] }, { bytes: [4, 5] }]).slice(0, -1);
    const units = depacketize('MPEG4-GENERIC', [mediaPacket(payload)], parameters);
    expect(units.map(({ isDamaged }) => isDamaged)).toEqual([false, true]);
  });
});

describe('MP4A-LATM', () => {
  /** StreamMuxConfig version 0: one program, one layer, AAC LC 24 kHz mono, lengths in the elements. */
  function muxConfig(writer: BitWriter, subFrames = 1): void {
    writer.bits(0, 1);
    writer.bits(1, 1);
    writer.bits(subFrames - 1, 6);
    writer.bits(0, 7);
    writer.bits(0x1308, 16);
    writer.bits(0, 3);
    writer.bits(0xff, 8);
    writer.bits(0, 2);
  }
  const signalled = (() => {
    const writer = new BitWriter();
    muxConfig(writer);
    return [...writer.bytes()].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  })();

  it('reads elements whose configuration was signalled', () => {
    const long = Array.from({ length: 300 }, (_, i) => i & 0xff);
    const packets = [
      mediaPacket([3, 7, 8, 9], { marker: true }),
      mediaPacket([255, 45, ...long], { marker: true, timestamp: 2024 }, 1),
    ];
    const parameters = { fmtp: `cpresent=0;config=${signalled}`, clockRateHz: 24_000 };
    const units = depacketize('MP4A-LATM', packets, parameters);
    expect(contents(units)).toEqual([[7, 8, 9], long]);
    expect(units[0].units[0]).toEqual(Uint8Array.of(0x13, 0x08));
    expect(samplesOf('MP4A-LATM', units[0], parameters)).toBe(1024);
  });

  it('reads the configuration in band, several frames an element, and waits for it', () => {
    const element = (hasConfig: boolean, frames: readonly number[][]): number[] => {
      const writer = new BitWriter();
      writer.bits(hasConfig ? 0 : 1, 1);
      if (hasConfig) muxConfig(writer, frames.length);
      for (const frame of frames) {
        writer.bits(frame.length, 8);
        for (const byte of frame) writer.bits(byte, 8);
      }
      return [...writer.bytes()];
    };
    const packets = [
      mediaPacket(element(false, [[1]]), { marker: true }),
      mediaPacket(element(true, [[1, 2], [3]]), { marker: true, timestamp: 5000 }, 1),
      mediaPacket(element(false, [[4], [5, 6]]), { marker: true, timestamp: 7048 }, 2),
    ];
    const units = depacketize('MP4A-LATM', packets, { clockRateHz: 24_000 });
    expect(units.map(({ isDamaged }) => isDamaged)).toEqual([true, false, false, false, false]);
    expect(contents(units.slice(1))).toEqual([[1, 2], [3], [4], [5, 6]]);
    expect(units.slice(1).map(({ timestamp }) => timestamp)).toEqual([5000, 6024, 7048, 8072]);
  });

  it('joins fragments up to the marker', () => {
    const packets = [mediaPacket([5, 1, 2], {}), mediaPacket([3, 4, 5], { timestamp: 1000, marker: true }, 1)];
    const units = depacketize('MP4A-LATM', packets, { fmtp: `cpresent=0;config=${signalled}` });
    expect(contents(units)).toEqual([[1, 2, 3, 4, 5]]);
    expect(units[0].frames).toEqual([1, 2]);
  });
});

describe('MPA', () => {
  /** MPEG-1 layer III, 64 kbit/s, 44.1 kHz, mono: 208 bytes a frame. */
  const frame = [0xff, 0xfb, 0x50, 0xc0, ...new Array<number>(204).fill(0)];

  it('splits whole frames and times them by their samples', () => {
    const units = depacketize('MPA', [mediaPacket([0, 0, 0, 0, ...frame, ...frame])]);
    expect(units.map(({ timestamp, units: [own] }) => [timestamp, own.length])).toEqual([
      [1000, 208],
      [1000 + Math.round((1152 * 90_000) / 44_100), 208],
    ]);
    expect(samplesOf('MPA', units[0])).toBe(1152);
  });

  it('joins fragments by their offset, and not across a gap', () => {
    const first = mediaPacket([0, 0, 0, 0, ...frame.slice(0, 100)]);
    const second = mediaPacket([0, 0, 0, 100, ...frame.slice(100)], { timestamp: 1000 }, 1);
    expect(contents(depacketize('MPA', [first, second]))).toEqual([frame]);
    const lossy = depacketize('MPA', [first, { ...second, lostBefore: 1 }]);
    expect(lossy.map(({ isDamaged }) => isDamaged)).toEqual([true, true]);
  });
});

describe('AC-3', () => {
  /** 48 kHz, 32 kbit/s: 128 bytes; acmod 2, no LFE. */
  const frame = [0x0b, 0x77, 0, 0, 0x00, 0x40, 0x40, 0, ...new Array<number>(120).fill(0)];

  it('splits whole frames', () => {
    const units = depacketize('ac3', [mediaPacket([0, 2, ...frame, ...frame], { marker: true })]);
    expect(units.map(({ timestamp }) => timestamp)).toEqual([1000, 2536]);
    expect(contents(units)).toEqual([frame, frame]);
    expect(samplesOf('ac3', units[0])).toBe(1536);
  });

  it('joins fragments up to the marker', () => {
    const packets = [
      mediaPacket([1, 2, ...frame.slice(0, 90)]),
      mediaPacket([3, 2, ...frame.slice(90)], { timestamp: 1000, marker: true }, 1),
    ];
    expect(contents(depacketize('ac3', packets))).toEqual([frame]);
  });
});
