import { DtmfTrace } from './dtmf-trace';
import type { MarkerList } from './marker-list';
import type { PayloadReader } from './payload-reader';
import { type PayloadUse, payloadUses, type SoundStream } from './playability';
import { playOrder } from '#engine/analysis/rtp/play-order';
import type { Sound } from './sound/sound';

/**
 * Media clock and arrival may differ by this much before arrival is believed. Half a second is above what
 * networks delay and jitter buffers bear, and below what a listener would take for the same moment.
 */
export const resyncSeconds = 0.5;
/** How far the media clock may run ahead of arrival in small steps (a fast sender, media sent in advance). */
const maxLeadSeconds = 10;
/** Packets looked at to tell a pause of the sender from a stall of the network. */
const lookahead = 250;
/** Packets among which the first arrival is looked for. */
const entryPackets = 16;
/** Pauses shorter than this are not worth a marker. */
const minSilenceSeconds = 0.2;
/** Where timestamps are rounded so much is no gap and no overlap: frames of sound follow each other. */
const roundingSeconds = 0.001;

/** One stream laid out on a time axis: pieces of sound, in order, never overlapping. */
export interface Placement {
  readonly stream: SoundStream;
  readonly uses: ReadonlyMap<number, PayloadUse>;
  /** Pieces placed; `packet`, `piece` and `position` have one entry for each. */
  readonly count: number;
  /** Packet of the media index that brought it. */
  readonly packet: Uint32Array;
  /** Its number in the sound of that packet's payload type. */
  readonly piece: Uint32Array;
  /** First sample, counted from the origin at the sampling rate of that sound. */
  readonly position: Float64Array;
  readonly endSeconds: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly truncated: number;
  /** Samples a channel that the capture kept. */
  readonly capturedSamples: number;
  /** Packets of formats that sound. */
  readonly soundPackets: number;
  /** Packets of formats that cannot be decoded: their time is silent. */
  readonly unplayable: number;
}

/** Earliest arrival of a packet with samples, nanoseconds since the first frame; null when there is none. */
export function firstSoundNs(stream: SoundStream): number | null {
  const uses = payloadUses(stream);
  let first: number | null = null;
  for (let i = 0; i < stream.count; i += 1) {
    if (uses.get(stream.payloadType[i])?.sound && (first === null || stream.timeNs[i] < first)) {
      first = stream.timeNs[i];
    }
  }
  return first;
}

/**
 * Places the packets of a stream by their RTP timestamps, relative to the arrival of the first one.
 *
 * - Lost packets leave room of exactly their length, pauses in which the timestamp goes on leave theirs.
 * - A sender that stops and lets its timestamp stand (a call on hold) shows in the arrival: when that lags behind the
 *   media clock by more than `resyncSeconds` and the following packets do not catch up, the packet is placed
 *   at its arrival. If they do catch up, the network has stalled and the media clock was right.
 * - A timestamp that leaps ahead is not followed: the packet stands at its arrival, or behind the one before.
 * - Samples never overlap: a timestamp that steps back puts its packet behind the one before.
 * - After a restart of the sender, and where the sampling rate changes, arrival gives the place anew.
 *
 * So no sample lies later than the last arrival plus `maxLeadSeconds`, unless sound without a gap reaches further.
 */
export function placeStream(
  stream: SoundStream,
  originNs: number,
  reader: PayloadReader,
  markers: MarkerList,
): Placement {
  return new Placer(stream, originNs, reader, markers).run();
}

class Placer {
  private readonly uses: ReadonlyMap<number, PayloadUse>;
  private readonly order;
  private readonly dtmf: DtmfTrace;
  private packets: Uint32Array;
  private pieces: Uint32Array;
  private positions: Float64Array;
  private readonly isLate: Uint8Array;
  private count = 0;
  private lost = 0;
  private truncated = 0;
  private capturedSamples = 0;
  private soundPackets = 0;
  private unplayable = 0;

  /** Sound in force; the place and timestamp that positions are counted from belong to it. */
  private sound: Sound | null = null;
  private clockRateHz = 0;
  private anchorPosition = 0;
  private anchorTimestamp = 0;
  /** Behind the last captured sample, and behind the samples that the capture cut off as well. */
  private end = 0;
  private fullEnd = 0;
  /** The same two in seconds: they outlive the decoder. */
  private endSeconds = 0;
  private fullEndSeconds = 0;
  /** Arrival minus media clock of the packet before, in samples. */
  private lag = 0;
  /** Packets before this place in the order are known to come late out of a stall. */
  private stallEnd = 0;
  /** What came since the last sound and explains its absence. */
  private silenceReason: string | null = null;
  /** Packets lost before those that brought no sound of their own, fragments for instance. */
  private missingBefore = 0;

  constructor(
    private readonly stream: SoundStream,
    private readonly originNs: number,
    private readonly reader: PayloadReader,
    private readonly markers: MarkerList,
  ) {
    this.uses = payloadUses(stream);
    this.order = playOrder(stream);
    this.dtmf = new DtmfTrace(markers);
    this.packets = new Uint32Array(this.order.packets.length);
    this.pieces = new Uint32Array(this.order.packets.length);
    this.positions = new Float64Array(this.order.packets.length);
    this.isLate = new Uint8Array(stream.count);
    for (const packet of this.order.reordered) this.isLate[packet] = 1;
  }

  run(): Placement {
    const { segment, sequence, payloadType } = this.stream;
    const { packets, duplicates } = this.order;
    let nextDuplicate = 0;
    for (let k = 0; k < packets.length; k += 1) {
      const packet = packets[k];
      const previous = k > 0 ? packets[k - 1] : packet;
      const isRestart = segment[packet] !== segment[previous];
      const missing = isRestart || k === 0 ? 0 : sequence[packet] - sequence[previous] - 1;
      this.lost += missing;
      const use = this.uses.get(payloadType[packet]);
      if (isRestart) this.sound = null;
      const at = use?.sound ? this.placePacket(k, use.sound, use, missing) : this.passSilent(packet, use, missing);
      if (isRestart) this.mark('restart', packet, at, at);
      if (this.isLate[packet]) this.mark('reordered', packet, at, at);
      for (; nextDuplicate < duplicates.length; nextDuplicate += 1) {
        const copy = duplicates[nextDuplicate];
        if (segment[copy] !== segment[packet] || sequence[copy] !== sequence[packet]) break;
        this.mark('duplicate', copy, at, at);
      }
    }
    this.dtmf.finish();
    if (this.count === 0 && this.unplayable > 0) this.markUnplayable();
    return {
      stream: this.stream,
      uses: this.uses,
      count: this.count,
      packet: this.packets.subarray(0, this.count),
      piece: this.pieces.subarray(0, this.count),
      position: this.positions.subarray(0, this.count),
      endSeconds: Math.max(this.fullEndSeconds, this.dtmf.endSeconds),
      lost: this.lost,
      duplicates: duplicates.length,
      truncated: this.truncated,
      capturedSamples: this.capturedSamples,
      soundPackets: this.soundPackets,
      unplayable: this.unplayable,
    };
  }

  /** Places what a packet brings. Returns where it stands, in seconds. */
  private placePacket(k: number, sound: Sound, use: PayloadUse, missing: number): number {
    const packet = this.order.packets[k];
    const pieces = sound.pieceCount(packet);
    this.soundPackets += 1;
    if (this.stream.payloadMissing[packet] > 0) this.truncated += 1;
    if (pieces === 0) return this.passWithoutSound(packet, sound, missing);
    if (this.sound?.sampleRateHz !== sound.sampleRateHz || this.clockRateHz !== use.clockRateHz) {
      this.enter(k, sound, use.clockRateHz);
    }
    this.sound = sound;
    let at = 0;
    for (let i = 0; i < pieces; i += 1) {
      const seconds = this.placePiece(
        k,
        sound,
        sound.firstPiece(packet) + i,
        i === 0 ? missing + this.missingBefore : 0,
      );
      if (i === 0) at = seconds;
    }
    this.missingBefore = 0;
    return at;
  }

  private placePiece(k: number, sound: Sound, piece: number, missing: number): number {
    const packet = this.order.packets[k];
    const position = this.choosePosition(k, sound.timestamp(piece));
    const gapStart = Math.min(this.fullEnd, position);
    this.markGap(packet, gapStart, position, missing);

    const captured = sound.samples(piece);
    const full = sound.fullSamples(piece);
    this.keep(packet, piece, position);
    this.capturedSamples += captured;
    this.end = position + captured;
    this.fullEnd = position + full;
    this.endSeconds = this.seconds(this.end);
    this.fullEndSeconds = Math.max(this.fullEndSeconds, this.seconds(this.fullEnd));
    if (this.stream.payloadMissing[packet] > 0) {
      this.mark('truncated', packet, this.seconds(this.end), this.seconds(this.fullEnd));
    }
    return this.seconds(position);
  }

  private keep(packet: number, piece: number, position: number): void {
    if (this.count === this.packets.length) {
      this.packets = doubled(this.packets, Uint32Array);
      this.pieces = doubled(this.pieces, Uint32Array);
      this.positions = doubled(this.positions, Float64Array);
    }
    this.packets[this.count] = packet;
    this.pieces[this.count] = piece;
    this.positions[this.count] = position;
    this.count += 1;
  }

  /** A packet of a decoded format that completed nothing, or only says that there is silence. */
  private passWithoutSound(packet: number, sound: Sound, missing: number): number {
    this.missingBefore += missing;
    const at = this.placeOfSilence(packet);
    if (sound.isSilence(packet)) this.silenceReason = 'Comfort noise';
    if (this.stream.payloadMissing[packet] > 0) this.mark('truncated', packet, at, at);
    return at;
  }

  /** First sound of a segment, or of another rate: counted anew from its arrival. */
  private enter(k: number, sound: Sound, clockRateHz: number): void {
    const packet = this.order.packets[k];
    this.clockRateHz = clockRateHz;
    this.sound = sound;
    this.end = Math.ceil(this.endSeconds * sound.sampleRateHz);
    this.fullEnd = this.end;
    const timestamp = sound.timestamp(sound.firstPiece(packet));
    this.anchor(packet, timestamp, Math.max(this.entryArrival(k), this.end));
  }

  /** When the first packets came out of order, the lane begins with the one that came first. */
  private entryArrival(k: number): number {
    const { packets } = this.order;
    const { segment } = this.stream;
    const own = this.arrival(packets[k]);
    let earliest = own;
    for (let j = k + 1; j < Math.min(packets.length, k + entryPackets); j += 1) {
      const arrival = this.arrival(packets[j]);
      const isNear = segment[packets[j]] === segment[packets[k]] && own - arrival <= resyncSeconds * this.rate;
      if (isNear && arrival < earliest) earliest = arrival;
    }
    return earliest;
  }

  private choosePosition(k: number, timestamp: number): number {
    const packet = this.order.packets[k];
    const exact = this.positionOf(timestamp);
    const expected = Math.abs(exact - this.end) <= this.rounding ? this.end : exact;
    const lag = this.arrival(packet) - expected;
    const step = lag - this.lag;
    this.lag = lag;
    const limit = resyncSeconds * this.rate;
    const isPaused = lag > limit && k >= this.stallEnd && this.isPause(k, lag);
    const leapsAhead = (lag < -limit && step < -limit) || lag < -maxLeadSeconds * this.rate;
    if (isPaused || leapsAhead) return this.anchor(packet, timestamp, Math.max(this.arrival(packet), this.end));
    if (expected < this.end) return this.anchor(packet, timestamp, this.end);
    return expected;
  }

  /**
   * Behind a stall of the network packets come in a burst and the lag shrinks; behind a pause of the sender it
   * stays. Looks as far ahead as the lag is long.
   */
  private isPause(k: number, lag: number): boolean {
    const { packets } = this.order;
    const segment = this.stream.segment[packets[k]];
    const until = this.positionOf(this.stream.timestamp[packets[k]]) + lag;
    const last = Math.min(packets.length, k + lookahead);
    for (let j = k + 1; j < last; j += 1) {
      const packet = packets[j];
      if (this.stream.segment[packet] !== segment) break;
      if (this.uses.get(this.stream.payloadType[packet])?.sound?.sampleRateHz !== this.rate) continue;
      const position = this.positionOf(this.stream.timestamp[packet]);
      if (this.arrival(packet) - position < lag / 2) {
        this.stallEnd = j;
        return false;
      }
      if (position > until) break;
    }
    return true;
  }

  /** A packet without samples: digits, comfort noise, a format that cannot be decoded. Returns where it stands. */
  private passSilent(packet: number, use: PayloadUse | undefined, missing: number): number {
    const at = this.placeOfSilence(packet);
    if (missing > 0) this.mark('lost', packet, at, at, missing);
    switch (use?.codec?.role) {
      case 'events':
        this.dtmf.push(this.reader.read(this.stream, packet), {
          timestamp: this.stream.timestamp[packet],
          clockRateHz: use.clockRateHz,
          startSeconds: at,
          frame: this.stream.frame[packet],
        });
        this.silenceReason = 'digits';
        break;
      case 'comfort-noise':
        this.silenceReason = 'Comfort noise';
        break;
      default:
        this.unplayable += 1;
        this.silenceReason = `${use?.name ?? 'Payload'} cannot be played`;
    }
    return at;
  }

  private placeOfSilence(packet: number): number {
    const arrival = this.arrivalSeconds(packet);
    const byClock = this.sound ? this.seconds(this.positionOf(this.stream.timestamp[packet])) : arrival;
    return Math.abs(byClock - arrival) <= resyncSeconds ? Math.max(0, byClock) : arrival;
  }

  private markGap(packet: number, start: number, end: number, missing: number): void {
    const reason = this.silenceReason ?? 'Sender silent';
    this.silenceReason = null;
    if (missing > 0) {
      this.mark('lost', packet, this.seconds(start), this.seconds(end), missing);
    } else if (reason !== 'digits' && this.count > 0 && end - start >= minSilenceSeconds * this.rate) {
      this.mark('silence', packet, this.seconds(start), this.seconds(end), 1, reason);
    }
  }

  /** A stream of which nothing sounds: its time is marked as a whole. */
  private markUnplayable(): void {
    const { packets } = this.order;
    const [first, last] = [packets[0], packets[packets.length - 1]];
    const start = this.arrivalSeconds(first);
    const end = Math.max(start, this.arrivalSeconds(last));
    this.mark('silence', first, start, end, 1, this.silenceReason ?? undefined);
    this.fullEndSeconds = end;
  }

  private mark(
    kind: 'lost' | 'reordered' | 'duplicate' | 'restart' | 'silence' | 'truncated',
    packet: number,
    startSeconds: number,
    endSeconds: number,
    packets = 1,
    detail?: string,
  ): void {
    this.markers.add({ kind, startSeconds, endSeconds, packets, detail, frame: this.stream.frame[packet] });
  }

  private anchor(packet: number, timestamp: number, position: number): number {
    this.anchorPosition = position;
    this.anchorTimestamp = timestamp;
    this.lag = this.arrival(packet) - position;
    return position;
  }

  private positionOf(timestamp: number): number {
    const ticks = timestamp - this.anchorTimestamp;
    return this.anchorPosition + Math.round((ticks * this.rate) / this.clockRateHz);
  }

  private arrival(packet: number): number {
    return Math.round(this.arrivalSeconds(packet) * this.rate);
  }

  private arrivalSeconds(packet: number): number {
    return Math.max(0, (this.stream.timeNs[packet] - this.originNs) / 1e9);
  }

  private get rate(): number {
    return this.sound?.sampleRateHz ?? 0;
  }

  /** Samples that timestamps may be off by their own rounding. */
  private get rounding(): number {
    const isExact = this.rate % this.clockRateHz === 0 && !this.sound?.hasRoundedTimestamps;
    return isExact ? 0 : Math.ceil(roundingSeconds * this.rate);
  }

  private seconds(samples: number): number {
    return samples / this.rate;
  }
}

function doubled<T extends Uint32Array | Float64Array>(column: T, create: new (length: number) => T): T {
  const larger = new create(2 * column.length);
  larger.set(column);
  return larger;
}
