import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { PayloadBinding } from '#engine/protocols/rtp/index';
import type { Direction } from '../lanes';

/** A packet of a made-up stream; what is not given follows from the packet before (20 ms PCMU). */
export interface TestPacket {
  readonly payload: Uint8Array;
  readonly timeMs: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType?: number;
  readonly segment?: number;
  readonly missing?: number;
}

export type TestStream = RtpMediaIndex & { readonly direction: Direction | null };

export const pcmuBinding: PayloadBinding = {
  payloadType: 0,
  encodingName: 'PCMU',
  clockRateHz: 8000,
  channels: 1,
  fmtp: '',
  basis: 'static',
};

export const l16Binding = (payloadType: number, clockRateHz: number, channels: number): PayloadBinding => ({
  payloadType,
  encodingName: 'L16',
  clockRateHz,
  channels,
  fmtp: '',
  basis: 'sdp',
});

export const eventBinding: PayloadBinding = {
  payloadType: 101,
  encodingName: 'telephone-event',
  clockRateHz: 8000,
  channels: 1,
  fmtp: '0-16',
  basis: 'sdp',
};

/** A folder of its own with a file that holds the payloads of made-up streams. */
export class MediaFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'tapdeck-media-'));
  readonly capturePath = join(this.folder, 'capture.bin');
  private bytes: number[] = [];
  private frames = 0;

  get captureBytes(): number {
    return this.bytes.length;
  }

  stream(
    packets: readonly TestPacket[],
    {
      streamId = 'stream-1',
      bindings = [pcmuBinding],
      direction = null,
    }: {
      readonly streamId?: string;
      readonly bindings?: readonly PayloadBinding[];
      readonly direction?: Direction | null;
    } = {},
  ): TestStream {
    const offsets = packets.map(({ payload }) => {
      const offset = this.bytes.length;
      this.bytes.push(...payload);
      return offset;
    });
    writeFileSync(this.capturePath, Uint8Array.from(this.bytes));
    const firstFrame = this.frames + 1;
    this.frames += packets.length;
    return {
      streamId,
      kind: 'audio',
      label: streamId,
      bindings,
      direction,
      count: packets.length,
      frame: Uint32Array.from(packets, (_, i) => firstFrame + i),
      timeNs: Float64Array.from(packets, ({ timeMs }) => timeMs * 1e6),
      sequence: Float64Array.from(packets, ({ sequence }) => sequence),
      timestamp: Float64Array.from(packets, ({ timestamp }) => timestamp),
      payloadType: Uint8Array.from(packets, ({ payloadType = 0 }) => payloadType),
      marker: new Uint8Array(packets.length),
      segment: Uint32Array.from(packets, ({ segment = 0 }) => segment),
      payloadOffset: Float64Array.from(offsets),
      payloadLength: Uint32Array.from(packets, ({ payload }) => payload.length),
      payloadMissing: Uint32Array.from(packets, ({ missing = 0 }) => missing),
      side: new Uint8Array(0),
      wire: {
        ssrc: 1,
        source: { address: '192.0.2.1', port: 4000 },
        destination: { address: '192.0.2.2', port: 5000 },
        headerLength: new Uint16Array(packets.length),
        paddingLength: new Uint8Array(packets.length),
        epochNs: null,
      },
    };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Packets of 20 ms at 8000 Hz, whose samples are all one code word. */
export function pcmuPackets(count: number, codeWord: number | ((i: number) => number)): TestPacket[] {
  return Array.from({ length: count }, (_, i) => ({
    payload: new Uint8Array(160).fill(typeof codeWord === 'number' ? codeWord : codeWord(i)),
    timeMs: 20 * i,
    sequence: 1000 + i,
    timestamp: 50_000 + 160 * i,
  }));
}

/** Samples of a sine. */
export function sine(frequencyHz: number, rateHz: number, samples: number, amplitude = 10_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / rateHz)),
  );
}

/** L16 packets that carry these samples (channels interleaved), `frames` of every channel each. */
export function l16Packets(
  samples: Int16Array,
  { rateHz, channels, frames, payloadType }: { rateHz: number; channels: number; frames: number; payloadType: number },
): TestPacket[] {
  const perPacket = frames * channels;
  return Array.from({ length: Math.ceil(samples.length / perPacket) }, (_, i) => {
    const part = samples.subarray(i * perPacket, (i + 1) * perPacket);
    const payload = new Uint8Array(2 * part.length);
    part.forEach((sample, k) => {
      payload[2 * k] = sample >> 8;
      payload[2 * k + 1] = sample & 0xff;
    });
    return { payload, timeMs: (1000 * i * frames) / rateHz, sequence: i, timestamp: i * frames, payloadType };
  });
}

/**
 * Power of one frequency relative to all power of the samples, 0..1 (Goertzel): a pure tone gives nearly 1 at its own
 * frequency.
 */
export function toneShare(samples: ArrayLike<number>, frequencyHz: number, rateHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / rateHz);
  let previous = 0;
  let beforePrevious = 0;
  let energy = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const current = samples[i] + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
    energy += samples[i] * samples[i];
  }
  const power = previous ** 2 + beforePrevious ** 2 - coefficient * previous * beforePrevious;
  return energy === 0 ? 0 : (2 * power) / (samples.length * energy);
}
