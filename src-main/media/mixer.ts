import type { Lane, RenderPlan } from './lanes';
import { soundRates } from './lanes';
import type { PayloadReader } from './payload-reader';
import type { Placement } from './placement';
import { addResampled, inputRange } from './resampler';

/** The pieces of one stream at one sampling rate, readable as a signal: silence where none lies. */
class Track {
  private readonly packet: Uint32Array;
  private readonly piece: Uint32Array;
  private readonly position: Float64Array;
  private decoded = new Int16Array(4096);

  constructor(
    private readonly placement: Placement,
    readonly rateHz: number,
    private readonly channels: number,
    private readonly reader: PayloadReader,
  ) {
    const packets: number[] = [];
    const pieces: number[] = [];
    const positions: number[] = [];
    const isOnlyRate = soundRates(placement).length === 1;
    if (!isOnlyRate) {
      for (let i = 0; i < placement.count; i += 1) {
        if (this.soundOf(placement.packet[i])?.sampleRateHz !== rateHz) continue;
        packets.push(placement.packet[i]);
        pieces.push(placement.piece[i]);
        positions.push(placement.position[i]);
      }
    }
    this.packet = isOnlyRate ? placement.packet : Uint32Array.from(packets);
    this.piece = isOnlyRate ? placement.piece : Uint32Array.from(pieces);
    this.position = isOnlyRate ? placement.position : Float64Array.from(positions);
  }

  /**
   * Adds the samples `from..from+frames` to `output` (interleaved, `channels` of them). Returns false when there is
   * only silence.
   */
  add(from: number, frames: number, output: Float32Array): boolean {
    let hasSound = false;
    for (let i = this.firstReaching(from); i < this.packet.length && this.position[i] < from + frames; i += 1) {
      hasSound = this.addPiece(i, from, frames, output) || hasSound;
    }
    return hasSound;
  }

  private addPiece(i: number, from: number, frames: number, output: Float32Array): boolean {
    const sound = this.soundOf(this.packet[i]);
    if (!sound) return false;
    const piece = this.piece[i];
    const samples = sound.samples(piece);
    const room = samples * sound.channels;
    if (room > this.decoded.length) this.decoded = new Int16Array(2 * room);
    sound.read(piece, this.reader, this.decoded);
    const start = Math.max(from, this.position[i]);
    const end = Math.min(from + frames, this.position[i] + samples);
    for (let at = start; at < end; at += 1) {
      this.addFrame((at - this.position[i]) * sound.channels, sound.channels, output, (at - from) * this.channels);
    }
    return end > start;
  }

  /** One sample of every channel. Into one channel all are averaged; one channel sounds in all. */
  private addFrame(source: number, sourceChannels: number, output: Float32Array, target: number): void {
    const { decoded, channels } = this;
    if (channels === sourceChannels) {
      for (let c = 0; c < channels; c += 1) output[target + c] += decoded[source + c];
    } else if (channels === 1) {
      let sum = 0;
      for (let c = 0; c < sourceChannels; c += 1) sum += decoded[source + c];
      output[target] += sum / sourceChannels;
    } else {
      for (let c = 0; c < channels; c += 1) output[target + c] += decoded[source + Math.min(c, sourceChannels - 1)];
    }
  }

  /** The first piece that may reach `from`: the last one that begins at or before it, else the next. */
  private firstReaching(from: number): number {
    let low = 0;
    let high = this.position.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.position[middle] <= from) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private soundOf(packet: number) {
    return this.placement.uses.get(this.placement.stream.payloadType[packet])?.sound;
  }
}

/** Adds up the streams of all lanes, block by block, at the sampling rate of the plan. */
export class Mixer {
  private readonly tracks: { readonly firstChannel: number; readonly channels: number; readonly track: Track }[] = [];

  constructor(
    private readonly plan: RenderPlan,
    reader: PayloadReader,
  ) {
    let firstChannel = 0;
    for (const lane of plan.lanes) {
      for (const track of tracksOf(lane, reader)) this.tracks.push({ firstChannel, channels: lane.channels, track });
      firstChannel += lane.channels;
    }
  }

  /** Computes the samples `from..from+frames` of all channels, interleaved; what is too loud is clipped. */
  render(from: number, frames: number, output: Int16Array): void {
    const { channels } = this.plan;
    const sum = new Float32Array(frames * channels);
    for (const { firstChannel, channels: own, track } of this.tracks) {
      const lane = this.renderTrack(track, own, from, frames);
      if (!lane) continue;
      for (let i = 0; i < frames; i += 1) {
        for (let c = 0; c < own; c += 1) sum[i * channels + firstChannel + c] += lane[i * own + c];
      }
    }
    for (let i = 0; i < sum.length; i += 1) output[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum[i])));
  }

  private renderTrack(track: Track, channels: number, from: number, frames: number): Float32Array | null {
    const { sampleRateHz } = this.plan;
    const output = new Float32Array(frames * channels);
    if (track.rateHz === sampleRateHz) return track.add(from, frames, output) ? output : null;
    const [first, end] = inputRange(track.rateHz, sampleRateHz, from, frames);
    const input = new Float32Array((end - first + 1) * channels);
    if (!track.add(first, end - first + 1, input)) return null;
    addResampled(input, first, track.rateHz, output, from, sampleRateHz, channels);
    return output;
  }
}

function tracksOf(lane: Lane, reader: PayloadReader): Track[] {
  return lane.placements.flatMap((placement) =>
    soundRates(placement).map((rateHz) => new Track(placement, rateHz, lane.channels, reader)),
  );
}
