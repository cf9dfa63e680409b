import { describe, expect, it } from 'vitest';
import { findCodec } from '../index';
import { depacketize, mediaPacket, samplesOf } from '../testing/media-packets';
import { amrNarrowband, amrWideband, isAmrPayload } from './amr-payload';

const bytes = (length: number, first = 0): number[] => Array.from({ length }, (_, i) => (i === 0 ? first : i));

describe('G.729', () => {
  it('gives frames of 10 ms and a silence descriptor behind them', () => {
    const units = depacketize('G729', [mediaPacket([...bytes(10), ...bytes(10, 9), 7, 8])]);
    expect(units.map(({ timestamp, units: [frame] }) => [timestamp, frame.length])).toEqual([
      [1000, 10],
      [1080, 10],
      [1160, 2],
    ]);
    expect(units.map((unit) => samplesOf('G729', unit))).toEqual([80, 80, 0]);
  });

  it('keeps whole frames before what is none', () => {
    const units = depacketize('G729', [mediaPacket(bytes(13))]);
    expect(units.map(({ isDamaged, units: own }) => [isDamaged, own.length])).toEqual([
      [false, 1],
      [true, 0],
    ]);
  });
});

describe('G.723.1', () => {
  it('tells the size of frames by their lowest two bits', () => {
    const units = depacketize('G723', [mediaPacket([...bytes(24), ...bytes(20, 1), ...bytes(4, 2)])]);
    expect(units.map(({ timestamp, units: [frame] }) => [timestamp, frame.length])).toEqual([
      [1000, 24],
      [1240, 20],
      [1480, 4],
    ]);
    expect(units.map((unit) => samplesOf('G723', unit))).toEqual([240, 240, 0]);
  });
});

describe('iLBC', () => {
  it('takes the mode signalled, or the one whose frames fill the payload', () => {
    const lengths = (length: number, fmtp: string): number[] =>
      depacketize('iLBC', [mediaPacket(bytes(length))], { fmtp }).map(({ units: [frame] }) => frame.length);
    expect(lengths(76, 'mode=20')).toEqual([38, 38]);
    expect(lengths(100, '')).toEqual([50, 50]);
    expect(lengths(50, 'mode=20')).toEqual([50]);
    expect(lengths(38, '')).toEqual([38]);
  });
});

describe('Opus', () => {
  it.each([
    ['SILK 20 ms', [0x08, 1, 2], 960],
    ['SILK 60 ms, two frames', [0x19, 1, 2], 5760],
    ['hybrid 10 ms', [0x60, 1], 480],
    ['CELT 2.5 ms', [0x80, 1], 120],
    ['CELT 20 ms, three frames', [0x9b, 0x03, 1], 2880],
    ['a TOC byte alone: discontinuous transmission', [0x78], 960],
  ])('%s', (_, packet, samples) => {
    const [unit] = depacketize('opus', [mediaPacket(packet)]);
    expect(unit.isDamaged).toBe(false);
    expect(samplesOf('opus', unit)).toBe(samples);
  });

  it('refuses more than 120 ms and two unequal halves', () => {
    const isDamaged = (packet: number[]): boolean => depacketize('opus', [mediaPacket(packet)])[0].isDamaged;
    expect(isDamaged([0x9b, 0x07, 1])).toBe(true); // 7 frames of 20 ms
    expect(isDamaged([0x19, 1])).toBe(true);
  });

  it('has two channels when somebody said so', () => {
    const channels = (fmtp: string): number | undefined =>
      findCodec('opus')?.createCoding?.({ clockRateHz: 48_000, channels: 2, fmtp }).channels;
    expect([channels(''), channels('stereo=1'), channels('minptime=10; sprop-stereo=1')]).toEqual([1, 2, 2]);
  });
});

describe('Speex', () => {
  it('counts frames by their bits', () => {
    // Two frames of submode 3 (160 bits: a 0, the mode 0011, the rest) fill 40 bytes exactly.
    const frame = [0b0001_1000, ...bytes(19)];
    const [unit] = depacketize('speex', [mediaPacket([...frame, ...frame])]);
    expect(samplesOf('speex', unit)).toBe(320);
    const [wide] = depacketize('speex', [mediaPacket([...frame, ...frame])], { clockRateHz: 16_000 });
    expect(samplesOf('speex', wide, { clockRateHz: 16_000 })).toBe(640);
  });

  it('ends at a terminator', () => {
    const [unit] = depacketize('speex', [mediaPacket([0b0001_1000, ...bytes(19), 0x7f])]);
    expect(samplesOf('speex', unit)).toBe(160);
  });
});

describe('G.726', () => {
  it('keeps whole groups of code words', () => {
    const units = depacketize('G726-24', [mediaPacket(bytes(61))]);
    expect(units[0].units[0]).toHaveLength(60);
    expect(samplesOf('G726-24', units[0])).toBe(160);
    expect(units[1].isDamaged).toBe(true);
    expect(samplesOf('AAL2-G726-40', depacketize('AAL2-G726-40', [mediaPacket(bytes(100))])[0])).toBe(160);
  });
});

describe('AMR', () => {
  /** As the example of RFC 4867, section 4.3.5.1: one frame of 148 bits (7.4 kbit/s), no request. */
  it('reads a bandwidth-efficient frame', () => {
    // CMR 15, F 0, FT 4, Q 1, then 148 bits d(0) to d(147), 2 bits padding.
    const bits = `1111${'0'}${'0100'}1${'10'.repeat(74)}00`;
    const payload = bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
    expect(payload).toHaveLength(20);
    const [unit] = depacketize('AMR', [mediaPacket(payload)]);
    const [frame] = unit.units;
    expect(frame[0]).toBe((4 << 3) | 4);
    expect([...frame.subarray(1)].map((byte) => byte.toString(2).padStart(8, '0')).join('')).toBe(
      `${'10'.repeat(74)}0000`,
    );
    expect(samplesOf('AMR', unit)).toBe(160);
  });

  it('reads several bandwidth-efficient frames, as the example of section 4.3.5.2', () => {
    // FT 9 of AMR-WB is a silence descriptor of 40 bits; 132 bits of FT 0; NO_DATA between them.
    const bits = `1111${'1'}${'0000'}1${'1'}${'1111'}1${'0'}${'1001'}1${'1'.repeat(132)}${'10'.repeat(20)}`;
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
    const payload = padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [];
    const units = depacketize('AMR-WB', [mediaPacket(payload)]);
    expect(units.map(({ timestamp, units: [frame] }) => [timestamp, frame.length, frame[0] >> 3])).toEqual([
      [1000, 18, 0],
      [1320, 1, 15],
      [1640, 6, 9],
    ]);
    expect(units.map((unit) => samplesOf('AMR-WB', unit))).toEqual([320, 0, 0]);
    expect(units[2].units[0][1]).toBe(0xaa);
  });

  it('reads octet-aligned frames, with CRC too', () => {
    const frame = bytes(31, 0x11); // 12.2 kbit/s: 244 bits in 31 octets
    const toc = [0x3c | 0x80, 0x3c];
    const plain = depacketize('AMR', [mediaPacket([0xf0, ...toc, ...frame, ...frame])], { fmtp: 'octet-align=1' });
    expect(plain.map(({ timestamp, units: [own] }) => [timestamp, own.length])).toEqual([
      [1000, 32],
      [1160, 32],
    ]);
    const crc = depacketize('AMR', [mediaPacket([0xf0, ...toc, 1, 2, ...frame, ...frame])], { fmtp: 'crc=1' });
    expect(crc.map(({ units }) => units)).toEqual(plain.map(({ units }) => units));
  });

  it('puts interleaved frames into their order', () => {
    // Interleaving 2 (ILL 1): packet ILP 0 has frames 0 and 2, ILP 1 has 1 and 3.
    const packet = (ilp: number, a: number, b: number, i: number) =>
      mediaPacket([0xf0, 0x10 | ilp, 0x84, 0x04, ...bytes(12, a), ...bytes(12, b)], { timestamp: 1000 + 160 * ilp }, i);
    const units = depacketize('AMR', [packet(0, 0xa0, 0xc0, 0), packet(1, 0xb0, 0xd0, 1)], { fmtp: 'interleaving=4' });
    expect(units.map(({ timestamp, units: [frame] }) => [timestamp, frame[1]])).toEqual([
      [1000, 0xa0],
      [1160, 0xb0],
      [1320, 0xc0],
      [1480, 0xd0],
    ]);
  });

  it('follows a sender that packs otherwise than signalled', () => {
    const payload = [0xf0, 0x3c, ...bytes(31)];
    const aligned = depacketize('AMR', [mediaPacket(payload)], { fmtp: 'octet-align=1' });
    expect(aligned[0].isDamaged).toBe(false);
    expect(depacketize('AMR', [mediaPacket(payload)])).toEqual(aligned);
    // A descriptor is as long in both: what came before decides.
    const descriptor = [0xf0, 0x44, 1, 2, 3, 4, 5];
    const [, second] = depacketize('AMR', [mediaPacket(payload), mediaPacket(descriptor, {}, 1)]);
    expect(second.units[0][0] >> 3).toBe(8);
  });

  it('tells both packings apart by their exact lengths', () => {
    const octets = Uint8Array.of(0xf0, 0x3c, ...bytes(31));
    expect(isAmrPayload(octets, amrNarrowband, true)).toBe(true);
    expect(isAmrPayload(octets, amrNarrowband, false)).toBe(false);
    const efficient = Uint8Array.of(0xf3, 0xfc, ...bytes(30)); // FT 7, 254 bits in all
    expect(isAmrPayload(efficient, amrNarrowband, false)).toBe(true);
    expect(isAmrPayload(efficient, amrNarrowband, true)).toBe(false);
    expect(isAmrPayload(octets, amrWideband, true)).toBe(false);
  });
});

describe('what the capture cut short', () => {
  it.each(['G722', 'G729', 'GSM', 'opus', 'AMR', 'speex'])('%s is damage, not sound', (name) => {
    const [unit] = depacketize(name, [mediaPacket(bytes(20), { missing: 13, lostBefore: 2 })]);
    expect(unit).toMatchObject({ isDamaged: true, units: [], followsGap: true, gaps: [{ first: 98, count: 2 }] });
  });
});
