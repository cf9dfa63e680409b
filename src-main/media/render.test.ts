import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wav } from '#engine/containers/wav';
import type { PlayerMarker } from '#shared/model/player';
import { planRender, type RenderPlan, type RenderSource } from './lanes';
import { PayloadReader } from './payload-reader';
import { PeakCollector } from './peaks';
import { factsOf, lanesOf, renderBlocks, renderFile } from './render';
import {
  eventBinding,
  l16Binding,
  l16Packets,
  MediaFixture,
  pcmuBinding,
  pcmuPackets,
  sine,
  type TestPacket,
  type TestStream,
  toneShare,
} from './testing/media-fixture';

/** Code words with these linear values. */
const loud = 0x80; // 32124
const soft = 0xfd; // 16
let fixture: MediaFixture;
beforeEach(() => {
  fixture = new MediaFixture();
});
afterEach(() => fixture.dispose());

interface Rendered {
  readonly plan: RenderPlan;
  readonly samples: Int16Array;
  readonly markers: readonly PlayerMarker[];
  readonly facts: ReturnType<typeof factsOf>;
}

async function render(source: RenderSource): Promise<Rendered> {
  const reader = PayloadReader.open(fixture.capturePath, fixture.captureBytes);
  try {
    const plan = planRender(source, reader);
    const peaks = new PeakCollector(plan.samples, plan.sampleRateHz, plan.channels);
    const samples = new Int16Array(plan.samples * plan.channels);
    let filled = 0;
    await renderBlocks(plan, reader, async (block) => {
      samples.set(block, filled);
      filled += block.length;
      peaks.push(block);
    });
    expect(filled).toBe(samples.length);
    return { plan, samples, markers: lanesOf(plan, peaks).flatMap((lane) => lane.markers), facts: factsOf(plan) };
  } finally {
    reader.close();
  }
}

const renderStream = (stream: TestStream): Promise<Rendered> => render({ kind: 'stream', streams: [stream] });
const renderPcmu = (packets: readonly TestPacket[]): Promise<Rendered> => renderStream(fixture.stream(packets));

/** Samples as runs of equal values: `[[32124, 160], [0, 320]]`. */
function runs(samples: Int16Array, channel = 0, channels = 1): [number, number][] {
  const found: [number, number][] = [];
  for (let i = channel; i < samples.length; i += channels) {
    const last = found.at(-1);
    if (last && last[0] === samples[i]) last[1] += 1;
    else found.push([samples[i], 1]);
  }
  return found;
}

describe('placement by hand', () => {
  it('puts a stream without faults sample by sample', async () => {
    const { samples, facts, markers } = await renderPcmu(pcmuPackets(3, (i) => [loud, soft, loud][i]));
    expect(runs(samples)).toEqual([
      [32_124, 160],
      [16, 160],
      [32_124, 160],
    ]);
    expect(markers).toEqual([]);
    expect(facts).toMatchObject({
      sampleRateHz: 8000,
      channels: 1,
      durationSeconds: 0.06,
      packets: { first: 1, last: 3, count: 3 },
    });
  });

  it('leaves room of exactly the lost packets', async () => {
    const packets = pcmuPackets(6, loud).filter((_, i) => i !== 2 && i !== 3);
    const { samples, markers, facts } = await renderPcmu(packets);
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [0, 320],
      [32_124, 320],
    ]);
    expect(markers).toEqual([
      { kind: 'lost', startSeconds: 0.04, endSeconds: 0.08, label: '2 packets lost', frame: 3 },
    ]);
    expect(facts.lostPackets).toBe(2);
  });

  it('puts late packets in their place and plays duplicates once', async () => {
    const p = pcmuPackets(4, (i) => [loud, soft, 0x00, 0xff][i]);
    const late = { ...p[1], timeMs: 62 };
    const { samples, markers, facts } = await renderPcmu([p[0], p[2], p[3], late, { ...p[3], timeMs: 64 }]);
    expect(runs(samples)).toEqual([
      [32_124, 160],
      [16, 160],
      [-32_124, 160],
      [0, 160],
    ]);
    expect(markers).toEqual([
      { kind: 'reordered', startSeconds: 0.02, endSeconds: 0.02, label: '1 packet out of order', frame: 4 },
      { kind: 'duplicate', startSeconds: 0.06, endSeconds: 0.06, label: '1 duplicate', frame: 5 },
    ]);
    expect(facts).toMatchObject({ lostPackets: 0, duplicatePackets: 1 });
  });

  it('begins with the first arrival when the first packets are out of order', async () => {
    const p = pcmuPackets(3, (i) => [loud, soft, loud][i]);
    const { samples, facts } = await renderPcmu([
      { ...p[1], timeMs: 100 },
      { ...p[0], timeMs: 107 },
      { ...p[2], timeMs: 120 },
    ]);
    expect(runs(samples)).toEqual([
      [32_124, 160],
      [16, 160],
      [32_124, 160],
    ]);
    expect(facts.startSeconds).toBe(0.1);
  });

  it('keeps a pause in which the timestamp goes on', async () => {
    const packets = pcmuPackets(4, loud).map((packet, i) =>
      i < 2 ? packet : { ...packet, timeMs: packet.timeMs + 1000, timestamp: packet.timestamp + 8000 },
    );
    const { samples, markers } = await renderPcmu(packets);
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [0, 8000],
      [32_124, 320],
    ]);
    expect(markers).toEqual([
      { kind: 'silence', startSeconds: 0.04, endSeconds: 1.04, label: 'Sender silent, 1.00 s', frame: 3 },
    ]);
  });

  it('takes a pause from the arrival when the timestamp stood still', async () => {
    const packets = pcmuPackets(100, loud).map((packet, i) =>
      i < 50 ? packet : { ...packet, timeMs: packet.timeMs + 3000 },
    );
    const { samples } = await renderPcmu(packets);
    expect(runs(samples)).toEqual([
      [32_124, 8000],
      [0, 24_000],
      [32_124, 8000],
    ]);
  });

  it('does not take a stall of the network for a pause', async () => {
    // Nothing arrives for 2 s, then what was held back comes at once.
    const packets = pcmuPackets(300, loud).map((packet, i) => ({
      ...packet,
      timeMs: i >= 100 && packet.timeMs < 4000 ? 4000 + (i - 100) * 0.1 : packet.timeMs,
    }));
    const { samples, markers } = await renderPcmu(packets);
    expect(runs(samples)).toEqual([[32_124, 48_000]]);
    expect(markers).toEqual([]);
  });

  it('keeps its length when loss follows a late first packet', async () => {
    // The first packet is held back by a second; then one is lost.
    const packets = pcmuPackets(100, loud)
      .map((packet) => ({ ...packet, timeMs: Math.max(1000, packet.timeMs) }))
      .filter((_, i) => i !== 70);
    expect(runs((await renderPcmu(packets)).samples)).toEqual([
      [32_124, 70 * 160],
      [0, 160],
      [32_124, 29 * 160],
    ]);
  });

  it('does not follow a timestamp that leaps ahead, and finds back', async () => {
    const wild = pcmuPackets(6, loud).map((packet, i) =>
      i === 2 ? { ...packet, timestamp: packet.timestamp + 1e9 } : packet,
    );
    expect(runs((await renderPcmu(wild)).samples)).toEqual([[32_124, 960]]);
    const stays = pcmuPackets(6, loud).map((packet, i) =>
      i > 2 ? { ...packet, timestamp: packet.timestamp + 1e9 } : packet,
    );
    expect(runs((await renderPcmu(stays)).samples)).toEqual([[32_124, 960]]);
  });

  it('does not lose audio when the timestamp steps back or stands still', async () => {
    const back = pcmuPackets(6, loud).map((packet, i) =>
      i > 2 ? { ...packet, timestamp: packet.timestamp - 40_000 } : packet,
    );
    expect(runs((await renderPcmu(back)).samples)).toEqual([[32_124, 960]]);
    const frozen = pcmuPackets(200, loud).map((packet) => ({ ...packet, timestamp: 7 }));
    expect(runs((await renderPcmu(frozen)).samples)).toEqual([[32_124, 32_000]]);
  });

  it('places what comes after a restart by its arrival', async () => {
    const first = pcmuPackets(2, loud);
    const second = pcmuPackets(2, soft).map((packet, i) => ({
      ...packet,
      timeMs: 100 + 20 * i,
      sequence: 3 + i,
      timestamp: 9 + 160 * i,
      segment: 1,
    }));
    const { samples, markers, facts } = await renderPcmu([...first, ...second]);
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [0, 480],
      [16, 320],
    ]);
    expect(markers).toContainEqual({
      kind: 'restart',
      startSeconds: 0.1,
      endSeconds: 0.1,
      label: '1 restart of the sender',
      frame: 3,
    });
    expect(facts.lostPackets).toBe(0);
  });

  it('is silent where the capture cut a packet short, and says so', async () => {
    const packets = pcmuPackets(3, loud).map((packet, i) =>
      i === 1 ? { ...packet, payload: packet.payload.subarray(0, 42), missing: 118 } : packet,
    );
    const { samples, markers, facts } = await renderPcmu(packets);
    expect(runs(samples)).toEqual([
      [32_124, 202],
      [0, 118],
      [32_124, 160],
    ]);
    expect(markers).toEqual([
      {
        kind: 'truncated',
        startSeconds: 202 / 8000,
        endSeconds: 0.04,
        label: '1 packet cut short by the capture',
        frame: 2,
      },
    ]);
    expect(facts.truncatedPackets).toBe(1);
  });

  it('changes the format in the middle of a stream', async () => {
    const packets = pcmuPackets(4, loud).map((packet, i) =>
      i < 2 ? packet : { ...packet, payloadType: 8, payload: new Uint8Array(160).fill(0xaa) },
    );
    const { samples, plan } = await renderStream(
      fixture.stream(packets, { bindings: [pcmuBinding, { ...pcmuBinding, payloadType: 8, encodingName: 'PCMA' }] }),
    );
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [32_256, 320],
    ]);
    expect(lanesOf(plan, new PeakCollector(1, 1, 1))[0].codec).toBe('PCMU, PCMA');
  });

  it('is silent during digits and marks each of them once', async () => {
    const voice = pcmuPackets(10, loud);
    const digit = (i: number, code: number, timestamp: number, duration: number, end = false): TestPacket => ({
      ...voice[i],
      timestamp,
      payloadType: 101,
      payload: Uint8Array.of(code, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff),
    });
    const at = voice[2].timestamp;
    const packets = [
      ...voice.slice(0, 2),
      digit(2, 5, at, 160),
      digit(3, 5, at, 320),
      digit(4, 5, at, 480, true),
      digit(5, 11, voice[5].timestamp, 160),
      digit(6, 11, voice[5].timestamp, 320, true),
      ...voice.slice(7),
    ];
    const { samples, markers } = await renderStream(fixture.stream(packets, { bindings: [pcmuBinding, eventBinding] }));
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [0, 800],
      [32_124, 480],
    ]);
    expect(markers).toEqual([
      { kind: 'dtmf', startSeconds: 0.04, endSeconds: 0.1, label: 'DTMF 5', frame: 3 },
      { kind: 'dtmf', startSeconds: 0.1, endSeconds: 0.14, label: 'DTMF #', frame: 6 },
    ]);
  });

  it('renders comfort noise as silence', async () => {
    const voice = pcmuPackets(30, loud);
    const noise = { ...voice[2], payloadType: 13, payload: Uint8Array.of(60) };
    const { samples, markers } = await renderPcmu([
      ...voice.slice(0, 2),
      noise,
      ...voice.slice(20).map((packet, i) => ({ ...packet, sequence: noise.sequence + 1 + i })),
    ]);
    expect(runs(samples)).toEqual([
      [32_124, 320],
      [0, 18 * 160],
      [32_124, 1600],
    ]);
    expect(markers).toMatchObject([{ kind: 'silence', label: 'Comfort noise, 0.36 s' }]);
  });
});

describe('lanes', () => {
  const shifted = (packets: readonly TestPacket[], byMs: number): TestPacket[] =>
    packets.map((packet) => ({ ...packet, timeMs: packet.timeMs + byMs }));

  it('aligns both sides of a call by the arrival of their first packets', async () => {
    const a = fixture.stream(shifted(pcmuPackets(2, loud), 500), { streamId: 'a', direction: 'a-to-b' });
    const b = fixture.stream(shifted(pcmuPackets(2, soft), 400), { streamId: 'b', direction: 'b-to-a' });
    const { samples, plan, facts } = await render({ kind: 'call', streams: [a, b] });
    expect(plan.channels).toBe(2);
    expect(runs(samples, 0, 2)).toEqual([
      [0, 800],
      [32_124, 320],
    ]);
    expect(runs(samples, 1, 2)).toEqual([
      [16, 320],
      [0, 800],
    ]);
    expect(facts.startSeconds).toBe(0.4);
  });

  it('keeps the caller left and the callee right when only one of them sounds', async () => {
    const b = fixture.stream(pcmuPackets(2, soft), { streamId: 'b', direction: 'b-to-a' });
    const { samples, plan } = await render({ kind: 'call', streams: [b] });
    expect([runs(samples, 0, 2), runs(samples, 1, 2)]).toEqual([[[0, 320]], [[16, 320]]]);
    expect(plan.lanes.map(({ label }) => label)).toEqual(['Caller · no sound in the capture', 'Callee · b']);
  });

  it('is silent on a side that cannot be decoded, and says so', async () => {
    const a = fixture.stream(pcmuPackets(2, soft), { streamId: 'a', direction: 'a-to-b' });
    const g729 = { ...pcmuBinding, payloadType: 18, encodingName: 'G729' };
    const b = fixture.stream(
      pcmuPackets(50, loud).map((packet) => ({ ...packet, payloadType: 18 })),
      { streamId: 'b', direction: 'b-to-a', bindings: [g729] },
    );
    const { samples, plan, facts, markers } = await render({ kind: 'call', streams: [a, b] });
    expect(plan.lanes.map(({ label }) => label)).toEqual(['Caller · a', 'Callee · G729 cannot be played']);
    expect(runs(samples, 1, 2)).toEqual([[0, 49 * 160]]);
    expect(facts.unplayablePackets).toBe(50);
    expect(markers).toEqual([
      { kind: 'silence', startSeconds: 0, endSeconds: 0.98, label: 'G729 cannot be played, 0.98 s', frame: 3 },
    ]);
  });

  it('lays streams of one side into one lane and clips what is too loud together', async () => {
    const first = fixture.stream(pcmuPackets(2, loud), { streamId: 'a1', direction: 'a-to-b' });
    const second = fixture.stream(shifted(pcmuPackets(2, loud), 20), { streamId: 'a2', direction: 'a-to-b' });
    const { samples } = await render({ kind: 'call', streams: [first, second] });
    expect(runs(samples, 0, 2)).toEqual([
      [32_124, 160],
      [32_767, 160],
      [32_124, 160],
    ]);
  });

  it('brings different rates to the highest and keeps the tones', async () => {
    const rates: readonly [number, number][] = [
      [8000, 440],
      [48_000, 1000],
    ];
    const streams = rates.map(([rateHz, frequencyHz], i) =>
      fixture.stream(
        l16Packets(sine(frequencyHz, rateHz, rateHz), { rateHz, channels: 1, frames: rateHz / 50, payloadType: 96 }),
        { streamId: `s${i}`, bindings: [l16Binding(96, rateHz, 1)], direction: i === 0 ? 'a-to-b' : 'b-to-a' },
      ),
    );
    const { samples, plan } = await render({ kind: 'call', streams });
    expect([plan.sampleRateHz, plan.samples]).toEqual([48_000, 48_000]);
    const left = samples.filter((_, i) => i % 2 === 0).subarray(1000, 47_000);
    const right = samples.filter((_, i) => i % 2 === 1);
    expect(toneShare(left, 440, 48_000)).toBeGreaterThan(0.9999);
    expect(toneShare(right, 1000, 48_000)).toBeGreaterThan(0.9999);
    expect(Math.max(...left)).toBeGreaterThan(9950);
    expect(Math.max(...left)).toBeLessThan(10_050);
  });

  it('gives a stream as many channels as it has', async () => {
    const left = sine(440, 44_100, 4410);
    const right = sine(880, 44_100, 4410);
    const both = Int16Array.from({ length: 8820 }, (_, i) => (i % 2 === 0 ? left : right)[i >> 1]);
    const packets = l16Packets(both, { rateHz: 44_100, channels: 2, frames: 441, payloadType: 10 });
    const stream = fixture.stream(packets, { bindings: [l16Binding(10, 44_100, 2)] });
    const alone = await renderStream(stream);
    expect(alone.samples).toEqual(both);
    expect(lanesOf(alone.plan, new PeakCollector(1, 1, 2)).map(({ label }) => label)).toEqual([
      'stream-1 · left',
      'stream-1 · right',
    ]);
    const inCall = await render({ kind: 'call', streams: [{ ...stream, direction: 'a-to-b' }] });
    expect(inCall.samples[2 * 100]).toBe(Math.round((left[100] + right[100]) / 2));
  });

  it('refuses what it cannot decode and names it', async () => {
    const g729 = { ...pcmuBinding, payloadType: 18, encodingName: 'G729' };
    const packets = pcmuPackets(3, loud).map((packet) => ({ ...packet, payloadType: 18 }));
    const stream = fixture.stream(packets, { bindings: [g729] });
    await expect(renderStream(stream)).rejects.toMatchObject({
      failure: { code: 'codec-not-playable', message: 'G729 cannot be played: it was not decoded.', where: 'stream-1' },
    });
    const secret = { ...fixture.stream(pcmuPackets(3, loud)), isEncrypted: true };
    await expect(renderStream(secret)).rejects.toMatchObject({
      failure: { code: 'codec-not-playable', message: 'PCMU (encrypted) cannot be played: it is encrypted.' },
    });
    const absurd = fixture.stream(pcmuPackets(3, loud), { bindings: [{ ...pcmuBinding, clockRateHz: 4e9 }] });
    await expect(renderStream(absurd)).rejects.toMatchObject({ failure: { code: 'codec-not-playable' } });
  });

  it('says when the capture kept only headers', async () => {
    const packets = pcmuPackets(3, loud).map((packet) => ({ ...packet, payload: new Uint8Array(0), missing: 160 }));
    await expect(renderPcmu(packets)).rejects.toMatchObject({ failure: { code: 'payload-not-captured' } });
  });

  it('refuses audio of days that leaping capture times would make', async () => {
    const packets = pcmuPackets(3, loud).map((packet, i) => (i < 2 ? packet : { ...packet, timeMs: 1e12 }));
    await expect(renderPcmu(packets)).rejects.toMatchObject({ failure: { code: 'audio-too-long' } });
  });
});

describe('files', () => {
  it('writes a WAV with the samples and their number', async () => {
    const stream = fixture.stream(pcmuPackets(200, (i) => i & 0xff));
    const { samples } = await renderStream(stream);
    const reader = PayloadReader.open(fixture.capturePath, fixture.captureBytes);
    const path = join(fixture.folder, 'out.wav');
    const plan = planRender({ kind: 'stream', streams: [stream] }, reader);
    const progress: number[] = [];
    await renderFile(plan, reader, wav, path, { onProgress: (fraction) => progress.push(fraction) });
    reader.close();
    const bytes = readFileSync(path);
    expect(bytes.readUInt32LE(40)).toBe(2 * samples.length);
    expect(new Int16Array(new Uint8Array(bytes.subarray(44)).buffer)).toEqual(samples);
    expect(progress.at(-1)).toBe(1);
  });

  it('says when the capture has become shorter or is gone', async () => {
    const stream = fixture.stream(pcmuPackets(3, loud));
    writeFileSync(fixture.capturePath, new Uint8Array(100));
    expect(() => PayloadReader.open(fixture.capturePath, fixture.captureBytes)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'capture-changed' }) }),
    );
    const reader = PayloadReader.open(fixture.capturePath, 100);
    const plan = planRender({ kind: 'stream', streams: [stream] }, reader);
    await expect(renderBlocks(plan, reader, async () => {})).rejects.toMatchObject({
      failure: { code: 'capture-changed' },
    });
    reader.close();
    expect(() => PayloadReader.open(join(fixture.folder, 'nowhere'), 1)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'capture-vanished' }) }),
    );
  });
});

describe('hostile streams', () => {
  const packet = fc.record({
    timeMs: fc.double({ min: -1000, max: 30_000, noNaN: true }),
    sequence: fc.integer({ min: -70_000, max: 70_000 }),
    timestamp: fc.oneof(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.integer({ min: 0, max: 100_000 })),
    payloadType: fc.constantFrom(0, 8, 10, 13, 18, 96, 101),
    payload: fc.uint8Array({ maxLength: 300 }),
    missing: fc.integer({ min: 0, max: 1500 }),
  });

  it('never take more time than arrivals and captured bytes allow', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 60 }), fc.nat(3), async (packets, segments) => {
        const stream = fixture.stream(
          packets.map((p, i) => ({ ...p, segment: Math.floor((i * (segments + 1)) / packets.length) })),
          { bindings: [pcmuBinding, l16Binding(96, 16_000, 2), eventBinding] },
        );
        const rendered = await renderStream(stream).catch((error: { failure?: { code: string } }) => error);
        if (!('plan' in rendered)) {
          expect(rendered.failure?.code).toMatch(/^(codec-not-playable|payload-not-captured)$/);
          return;
        }
        // 31 s of arrivals, 10 s of lead, digits of 8 s, 60 packets of 1800 bytes at 8000 bytes a second.
        expect(rendered.facts.durationSeconds).toBeLessThan(31 + 10 + 9 + (60 * 1800) / 8000);
        for (const marker of rendered.markers) {
          expect(marker.endSeconds).toBeGreaterThanOrEqual(marker.startSeconds);
          expect(marker.startSeconds).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 150 },
    );
  });
});
