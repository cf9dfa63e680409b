import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { PlayOrder } from '#engine/analysis/rtp/play-order';
import { accessUnits, type StreamFormat } from '#engine/analysis/video/access-units';
import { GrowingColumn } from '#engine/analysis/video/growing-column';
import type { AudioFile } from '#engine/containers/audio-file';
import type { PayloadReader } from '../payload-reader';
import type { DecodedFrames } from './decoded-frames';
import type { PieceTable } from './decoded-sound';

/** Frames of a packet follow each other when their timestamps are this near to what they last. */
const toleranceSeconds = 0.001;

/**
 * Goes through the packets of a format, hands what can be decoded to a decoder's file, and keeps which packet brought
 * which stretch of it. Only whole frames are decoded; frames across a gap follow each other there, and are put back
 * into their places in time by their timestamps.
 */
export class CodedStream {
  private readonly packets = new GrowingColumn(Uint32Array);
  private readonly timestamps = new GrowingColumn(Float64Array);
  /** Seconds of decoded sound before a piece; it reaches to where the next one begins. */
  private readonly starts = new GrowingColumn(Float64Array);
  private readonly silence: Uint8Array;
  private position = 0;

  constructor(
    private readonly stream: RtpMediaIndex,
    private readonly format: StreamFormat,
    private readonly file: AudioFile,
  ) {
    this.silence = new Uint8Array(stream.count);
  }

  /** Seconds of sound so far. */
  get seconds(): number {
    return this.position;
  }

  /** The file, piece by piece. */
  *write(reader: PayloadReader, order: PlayOrder): Generator<Uint8Array> {
    const { clockRateHz } = this.format.parameters;
    const coding = this.format.codec.createCoding?.(this.format.parameters);
    if (!coding) return;
    let lastPacket = -1;
    let expected = 0;
    for (const { unit, packet } of accessUnits(this.stream, this.format, reader, order)) {
      if (unit.isDamaged || unit.units.length === 0) continue;
      const span = coding.measure(unit);
      if (span.samples === 0) {
        if (packet !== lastPacket) this.silence[packet] = 1;
        continue;
      }
      const bytes = this.file.write(unit, span, 0);
      if (!bytes) continue;
      const seconds = span.samples / span.sampleRateHz;
      const continues =
        packet === lastPacket && Math.abs(unit.timestamp - expected) <= Math.max(1, toleranceSeconds * clockRateHz);
      if (!continues) {
        this.packets.push(packet);
        this.timestamps.push(unit.timestamp);
        this.starts.push(this.position);
      }
      this.silence[packet] = 0;
      this.position += seconds;
      lastPacket = packet;
      expected = unit.timestamp + seconds * clockRateHz;
      if (bytes.length > 0) yield bytes;
    }
    yield this.file.end();
  }

  /** Where the pieces lie in what the decoder made of the file. A piece that it could not decode has no samples. */
  pieces({ sampleRateHz, samples, runs }: DecodedFrames): PieceTable {
    const packets = this.packets.values();
    const times = this.starts.values();
    const timestamps = this.timestamps.values();
    const starts = new Float64Array(packets.length);
    const lengths = new Uint32Array(packets.length);
    const first = new Uint32Array(this.stream.count);
    const counts = new Uint32Array(this.stream.count);
    const isComplete = samples === Math.round(this.position * sampleRateHz);
    let run = 0;
    for (let piece = 0; piece < packets.length; piece += 1) {
      const from = Math.round(times[piece] * sampleRateHz);
      const to = Math.round((piece + 1 < times.length ? times[piece + 1] : this.position) * sampleRateHz);
      if (counts[packets[piece]] === 0) first[packets[piece]] = piece;
      counts[packets[piece]] += 1;
      if (isComplete) {
        starts[piece] = from;
        lengths[piece] = to - from;
        continue;
      }
      while (run + 1 < runs.length && runs[run + 1].time <= from) run += 1;
      const { time, start, samples: length } = runs[run];
      const offset = Math.max(0, from - time);
      starts[piece] = start + offset;
      lengths[piece] = from < time ? 0 : Math.max(0, Math.min(to - from, length - offset));
    }
    return { first, counts, silence: this.silence, timestamps, starts, lengths };
  }
}
