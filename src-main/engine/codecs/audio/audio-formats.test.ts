import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioFileFormat } from '../../containers/audio-file';
import { codecs, type MediaPacket } from '../index';
import { depacketize, mediaPacket } from '../testing/media-packets';

const formats = codecs.values().filter(({ media, createDepacketizer }) => media === 'audio' && createDepacketizer);
const fmtps = [
  '',
  'octet-align=1',
  'octet-align=1;crc=1',
  'interleaving=30',
  'mode=20',
  'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1210',
  'mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2;config=1408',
  'mode=generic;sizelength=16;ctsdeltalength=5;auxiliarydatasizelength=7;config=zz',
  'constantsize=7;mode=generic',
  'cpresent=0;config=40002420adca00',
  'cpresent=1',
];

const anyPacket = fc.record({
  payload: fc.uint8Array({ maxLength: 120 }),
  marker: fc.boolean(),
  lostBefore: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(5)),
  missing: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(50)),
  step: fc.oneof({ weight: 3, arbitrary: fc.constant(160) }, fc.constant(0), fc.integer({ min: -500, max: 5000 })),
});

function packetsOf(drawn: readonly { step: number; lostBefore: number; payload: Uint8Array }[]): MediaPacket[] {
  let sequence = 10;
  let timestamp = 1000;
  return drawn.map(({ step, ...rest }, i) => {
    sequence += 1 + rest.lostBefore;
    timestamp += step;
    return mediaPacket(rest.payload, { ...rest, sequence, timestamp }, i);
  });
}

describe('every format of coded audio', () => {
  it.each(formats.map(({ encodingName }) => encodingName))('%s takes any bytes', (encodingName) => {
    const codec = codecs.get(encodingName.toLowerCase());
    fc.assert(
      fc.property(fc.array(anyPacket, { maxLength: 12 }), fc.constantFrom(...fmtps), (drawn, fmtp) => {
        const packets = packetsOf(drawn);
        const parameters = { fmtp, clockRateHz: codec?.clockRateHz ?? 8000, channels: 1 };
        const coding = codec?.createCoding?.(parameters);
        const file = audioFileFormat(codec?.id ?? '')?.create({ parameters, channels: 1 });
        if (!coding || !file) throw new Error('coded audio has a coding and a file');
        const bytes = packets.reduce((sum, { payload }) => sum + payload.length, 0);
        let held = 0;
        for (const unit of depacketize(encodingName, packets, parameters)) {
          expect(unit.frames.length).toBeGreaterThan(0);
          expect(Number.isFinite(unit.timestamp)).toBe(true);
          if (unit.isDamaged || unit.units.length === 0) continue;
          held += unit.units[unit.units.length - 1].length;
          const span = coding.measure(unit);
          expect(Number.isInteger(span.samples) && span.samples >= 0).toBe(true);
          expect(span.sampleRateHz).toBeGreaterThan(0);
          if (span.samples > 0) file.write(unit, span, 0);
        }
        // Frames are no more than what came; AMR keeps a type octet for each of 6 bits.
        expect(held).toBeLessThanOrEqual(3 * bytes);
        expect(file.end().length).toBeLessThan(70_000);
      }),
      { numRuns: 150 },
    );
  });

  it.each(formats.map(({ encodingName }) => encodingName))('%s stands for itself packet by packet', (encodingName) => {
    // What was lost changes nothing of what came: whole frames of single packets do not depend on their neighbours.
    const joined = ['MPEG4-GENERIC', 'MP4A-LATM', 'MPA', 'ac3', 'eac3'];
    // AMR remembers which packing fitted.
    if ([...joined, 'AMR', 'AMR-WB'].includes(encodingName)) return;
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { maxLength: 10 }),
        fc.nat(),
        (all, mask) => {
          const packets = all.map((payload, i) => mediaPacket(payload, {}, i));
          const whole = depacketize(encodingName, packets);
          const kept = packets.filter((_, i) => (mask >> i) % 2 === 0);
          const lossy = depacketize(encodingName, kept);
          const frames = new Set(kept.map(({ frame }) => frame));
          expect(lossy.map(({ units }) => units)).toEqual(
            whole.filter((unit) => frames.has(unit.frames[0])).map(({ units }) => units),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
