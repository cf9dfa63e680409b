import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PayloadBinding } from '#engine/protocols/rtp/index';
import { fail, ok } from '#shared/base/result';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import { planRender } from '../lanes';
import { PayloadReader } from '../payload-reader';
import { PeakCollector } from '../peaks';
import { factsOf, lanesOf, renderBlocks } from '../render';
import { MediaFixture, sine, type TestPacket, toneShare } from '../testing/media-fixture';
import type { DecodeOptions } from './decode-sound';
import { DecodedStreams } from './stream-sounds';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-sounds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let fixture: MediaFixture;
beforeEach(() => {
  fixture = new MediaFixture();
});
afterEach(() => fixture.dispose());

const binding = (encodingName: string, payloadType: number, clockRateHz = 8000, fmtp = ''): PayloadBinding => ({
  payloadType,
  encodingName,
  clockRateHz,
  channels: 1,
  fmtp,
  basis: 'sdp',
});
const g722 = binding('G722', 9);

/** A tone in the coded form of a file that ffmpeg writes. */
async function encodedTone(args: readonly string[], rateHz: number, seconds: number): Promise<Buffer> {
  const ffmpeg = await resolveFfmpeg();
  if (!ffmpeg.ok) throw new Error(ffmpeg.error.message);
  const pcm = Buffer.from(sine(440, rateHz, rateHz * seconds).buffer);
  const input = ['-v', 'error', '-f', 's16le', '-ar', String(rateHz), '-ac', '1', '-i', 'pipe:0'];
  return execFileSync(ffmpeg.value.path, [...input, ...args, 'pipe:1'], { input: pcm, maxBuffer: 1 << 26 });
}

/** Packets of 20 ms and 160 octets. */
async function g722Packets(seconds: number): Promise<TestPacket[]> {
  const coded = await encodedTone(['-f', 'g722'], 16_000, seconds);
  return Array.from({ length: Math.floor(coded.length / 160) }, (_, i) => ({
    payload: Uint8Array.from(coded.subarray(160 * i, 160 * (i + 1))),
    timeMs: 20 * i,
    sequence: 1000 + i,
    timestamp: 50_000 + 160 * i,
    payloadType: 9,
  }));
}

async function render(
  packets: readonly TestPacket[],
  bindings: readonly PayloadBinding[],
  options: DecodeOptions = {},
) {
  const stream = fixture.stream(packets, { bindings });
  const reader = PayloadReader.open(fixture.capturePath, fixture.captureBytes);
  const decoded = await DecodedStreams.of([stream], reader, options);
  try {
    const plan = planRender({ kind: 'stream', streams: decoded.streams }, reader);
    const samples = new Int16Array(plan.samples * plan.channels);
    let filled = 0;
    await renderBlocks(plan, reader, async (block) => {
      samples.set(block, filled);
      filled += block.length;
    });
    const [lane] = lanesOf(plan, new PeakCollector(plan.samples, plan.sampleRateHz, plan.channels));
    return { plan, samples, facts: factsOf(plan), markers: lane.markers };
  } finally {
    decoded.close();
    reader.close();
  }
}

const isSilent = (samples: Int16Array, from: number, to: number): boolean =>
  samples.subarray(from, to).every((sample) => sample === 0);

describe('decoded sound', () => {
  it('has the rate of the audio, not of the clock, and every sample', async () => {
    const { plan, samples, facts } = await render(await g722Packets(2), [g722]);
    expect([plan.sampleRateHz, plan.channels, plan.samples]).toEqual([16_000, 1, 32_000]);
    expect(toneShare(samples.subarray(1000), 440, 16_000)).toBeGreaterThan(0.99);
    expect(facts.packets.count).toBe(100);
  });

  it('keeps the time of lost packets as silence, sample by sample', async () => {
    const packets = await g722Packets(2);
    const isLost = (i: number): boolean => i % 10 === 3 || (i > 40 && i < 60);
    const { samples, facts } = await render(
      packets.filter((_, i) => !isLost(i)),
      [g722],
    );
    expect(samples).toHaveLength(32_000);
    packets.forEach((_, i) => expect(isSilent(samples, 320 * i, 320 * (i + 1))).toBe(isLost(i)));
    expect(facts.lostPackets).toBe(packets.filter((_, i) => isLost(i)).length);
  });

  it('does not mind order and duplicates', async () => {
    const packets = await g722Packets(1);
    const clean = await render(packets, [g722]);
    const swapped = packets.flatMap((packet, i) =>
      i % 7 === 3 ? [] : i % 7 === 4 ? [packet, packets[i - 1]] : [packet],
    );
    const untidy = swapped.map((packet, i) => ({ ...packet, timeMs: 20 * i }));
    const found = await render([...untidy, { ...packets[20], timeMs: 1000 }], [g722]);
    expect(found.samples).toEqual(clean.samples);
    expect(found.facts.duplicatePackets).toBe(1);
  });

  it('changes between formats in a stream', async () => {
    const packets = await g722Packets(1);
    const mixed = packets.map((packet, i) =>
      i < 25 ? packet : { ...packet, payloadType: 0, payload: new Uint8Array(160).fill(0x80) },
    );
    const { plan, samples } = await render(mixed, [g722, binding('PCMU', 0)]);
    expect([plan.sampleRateHz, plan.samples]).toEqual([16_000, 16_000]);
    expect(isSilent(samples, 300, 7900)).toBe(false);
    expect(samples[12_000]).toBe(32_124);
  });

  it('places AAC of 1024 samples a frame without gaps, and loss exactly', async () => {
    const adts = await encodedTone(['-c:a', 'aac', '-f', 'adts'], 48_000, 1);
    const packets: TestPacket[] = [];
    for (let at = 0; at < adts.length; ) {
      const length = ((adts[at + 3] & 3) << 11) | (adts[at + 4] << 3) | (adts[at + 5] >> 5);
      const frame = adts.subarray(at + 7, at + length);
      const i = packets.length;
      const header = [0, 16, frame.length >> 5, (frame.length << 3) & 0xff];
      packets.push({
        payload: Uint8Array.of(...header, ...frame),
        timeMs: (1024 * i) / 48,
        sequence: i,
        timestamp: 1024 * i,
        payloadType: 97,
      });
      at += length;
    }
    const aac = binding(
      'MPEG4-GENERIC',
      97,
      48_000,
      'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1188',
    );
    const clean = await render(packets, [aac]);
    expect([clean.plan.sampleRateHz, clean.plan.samples]).toEqual([48_000, 1024 * packets.length]);
    expect(toneShare(clean.samples.subarray(4096, 40_000), 440, 48_000)).toBeGreaterThan(0.99);
    const lossy = await render(
      packets.filter((_, i) => i !== 20),
      [aac],
    );
    expect(lossy.plan.samples).toBe(clean.plan.samples);
    expect(isSilent(lossy.samples, 1024 * 20, 1024 * 21)).toBe(true);
    expect(isSilent(lossy.samples, 1024 * 21, 1024 * 22)).toBe(false);
    expect(lossy.samples.subarray(1024 * 24)).toEqual(clean.samples.subarray(1024 * 24));
  });

  it('keeps its place behind frames that cannot be decoded', async () => {
    const opus = await encodedTone(['-c:a', 'libopus', '-vbr', 'off', '-f', 'ogg'], 48_000, 2);
    const frames = oggPackets(opus).slice(2);
    const packets = frames.map(
      (payload, i): TestPacket => ({
        // Code 3 with a padding that is longer than the packet: the TOC is plausible, the rest is not.
        payload: i >= 30 && i < 40 ? Uint8Array.of((payload[0] & 0xfc) | 3, 0x41, 255, 255) : payload,
        timeMs: 20 * i,
        sequence: i,
        timestamp: 960 * i,
        payloadType: 96,
      }),
    );
    const { samples } = await render(packets, [binding('opus', 96, 48_000)]);
    expect(samples.length).toBe(960 * frames.length);
    expect(toneShare(samples.subarray(960 * 5, 960 * 29), 440, 48_000)).toBeGreaterThan(0.99);
    expect(toneShare(samples.subarray(960 * 45, 960 * 95), 440, 48_000)).toBeGreaterThan(0.99);
    expect(isSilent(samples, 960 * 30, 960 * 40)).toBe(true);
  });

  it('does not click where timestamps are rounded', async () => {
    const packets = await g722Packets(1);
    const clean = await render(packets, [g722]);
    const rounded = packets.map((packet, i) => ({ ...packet, timestamp: packet.timestamp + [0, 3, -2, 5][i % 4] }));
    expect((await render(rounded, [g722])).samples).toEqual(clean.samples);
  });

  it('plays the primary data of redundant packets', async () => {
    const packets = await g722Packets(1);
    const clean = await render(packets, [g722]);
    const redundant = packets.map((packet, i) => {
      const before = packets[Math.max(0, i - 1)].payload;
      return { ...packet, payloadType: 63, payload: Uint8Array.of(0x89, 0, 0, 160, 9, ...before, ...packet.payload) };
    });
    const found = await render(redundant, [binding('red', 63, 8000, '9/9'), g722]);
    expect(found.samples).toEqual(clean.samples);
  });

  it('calls silence descriptors comfort noise', async () => {
    const speech = Uint8Array.of(0xf0, 0x3c, ...new Uint8Array(31).fill(0x55));
    const descriptor = Uint8Array.of(0xf0, 0x44, 1, 2, 3, 4, 5);
    const packets = Array.from(
      { length: 50 },
      (_, i): TestPacket => ({
        payload: i >= 20 && i < 30 ? descriptor : speech,
        timeMs: 20 * i,
        sequence: i,
        timestamp: 160 * i,
        payloadType: 96,
      }),
    );
    const { samples, markers } = await render(packets, [binding('AMR', 96, 8000, 'octet-align=1')]);
    expect(samples).toHaveLength(8000);
    expect(isSilent(samples, 3200, 4800)).toBe(true);
    expect(markers).toMatchObject([
      { kind: 'silence', startSeconds: 0.4, endSeconds: 0.6, label: 'Comfort noise, 0.20 s' },
    ]);
  });
});

describe('what cannot be decoded', () => {
  const reasonOf = async (packets: readonly TestPacket[], options: DecodeOptions): Promise<string> => {
    const error = await render(packets, [g722], options).then(
      () => null,
      (caught: unknown) => caught as { failure: { code: string; message: string } },
    );
    expect(error?.failure.code).toBe('codec-not-playable');
    return error?.failure.message ?? '';
  };

  it('says that ffmpeg is missing', async () => {
    const findFfmpeg = () => Promise.resolve(fail('ffmpeg-not-found', 'No ffmpeg was found.'));
    expect(await reasonOf(await g722Packets(1), { findFfmpeg })).toBe(
      'G722 cannot be played: decoding it needs ffmpeg. No ffmpeg was found.',
    );
  });

  it.skipIf(process.platform === 'win32')(
    'says which decoder an ffmpeg lacks, and what it complained about',
    async () => {
      const path = join(folder, 'ffmpeg');
      const script = (decoders: string): void => {
        writeFileSync(
          path,
          `#!/bin/sh\ncase "$2" in -decoders) echo "${decoders}";; *) echo broken >&2; exit 1;; esac\n`,
        );
        chmodSync(path, 0o755);
      };
      const findFfmpeg = (named: string) => () =>
        Promise.resolve(ok({ path: named, version: 'x', source: 'PATH' as const }));
      script(' A....D aac                  AAC');
      const packets = await g722Packets(1);
      expect(await reasonOf(packets, { findFfmpeg: findFfmpeg(path) })).toContain('no decoder for it (g722)');
      const other = join(folder, 'other');
      script(' A....D g722                 G.722');
      execFileSync('mv', [path, other]);
      expect(await reasonOf(packets, { findFfmpeg: findFfmpeg(other) })).toContain('broken');
    },
  );

  it('says when the capture kept no whole frame', async () => {
    const packets = (await g722Packets(1)).map((packet) => ({ ...packet, missing: 100 }));
    await expect(render(packets, [g722])).rejects.toMatchObject({ failure: { code: 'payload-not-captured' } });
  });

  it('stops when cancelled and leaves nothing', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('tapdeck-sound-'));
    const controller = new AbortController();
    controller.abort();
    await expect(render(await g722Packets(1), [g722], { signal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('tapdeck-sound-'))).toEqual(before);
  });
});

/** Packets of an Ogg file, none of which spans pages. */
function oggPackets(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const segments = bytes[at + 26];
    let data = at + 27 + segments;
    let length = 0;
    for (let i = 0; i < segments; i += 1) {
      length += bytes[at + 27 + i];
      if (bytes[at + 27 + i] === 255) continue;
      packets.push(bytes.slice(data, data + length));
      data += length;
      length = 0;
    }
    at = data;
  }
  return packets;
}
