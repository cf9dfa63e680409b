import type { StreamKind, VideoFacts } from '#shared/model/stream';
import { findCodec } from '../../codecs/index';
import type { Endpoint } from '../../net/endpoint';
import {
  DigitCollector,
  type MediaAnnouncement,
  type PayloadBinding,
  staticPayloadTypes,
  TelephoneEvent,
  unpackTelephoneEvent,
} from '../../protocols/rtp';
import { announcementInForce, nextAnnouncementFrame, payloadAnnouncedLater, payloadInForce } from './announcements';
import type { PayloadInference } from './payload-inference';
import { newPayloadUse, type PayloadUse, rank } from './payload-use';
import { RtpSample } from './rtp-sample';
import type { SampleRows } from './sample-rows';
import { RtpStatistics } from './statistics';
import { WiresharkStatistics, wiresharkClockRateHz } from './wireshark-statistics';

/** What streams know of the flow they are in. */
export interface StreamContext {
  readonly flow: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** Announcements for media that arrives at the destination. */
  readonly received: readonly MediaAnnouncement[];
  /**
   * Announcements of the source for the other direction: with symmetric RTP (RFC 4961) the same payload types, and
   * the only ones where the destination sits behind a translator.
   */
  readonly sent: readonly MediaAnnouncement[];
}

/** Clock rate found from timestamps and arrival where nothing was signalled. */
export interface InferredClock {
  readonly clockRateHz: number;
  /** 0..1. */
  readonly confidence: number;
}

/** Packets that an event is made of at least: the last one is sent three times (RFC 4733, section 2.5.1.4). */
const minEventPackets = 3;
/** A description belongs to media that ended up to so long before it. */
const announcementDelayNs = 2e9;
/** Rate of events that run beside no known audio. */
const defaultEventClockRateHz = 8000;
const event = new TelephoneEvent();
const waiting = new RtpSample();

/** One RTP stream: the packets of one SSRC in one directed flow. */
export class RtpStream {
  firstFrame = 0;
  lastFrame = 0;
  firstTimeNs = 0;
  lastTimeNs = Number.NEGATIVE_INFINITY;
  statistics = new RtpStatistics();
  wireshark = new WiresharkStatistics();
  /** Payload types in the order of their appearance. */
  uses: PayloadUse[] = [];
  /** Clock rates or meanings became known after packets were counted: the stream must be recomputed. */
  isStale = false;
  inferredClock: InferredClock | null = null;
  /** Grows whenever something about the stream changes. */
  revision = 0;
  /** What the user said, by payload type: beats everything else. */
  readonly userBindings = new Map<number, PayloadBinding>();
  /** What the packets themselves look like, by payload type. */
  readonly inferences = new Map<number, PayloadInference>();
  private lastUse: PayloadUse | null = null;
  private pictures: { readonly revision: number; readonly facts: VideoFacts | null } | null = null;
  /** Payload types that looked like events and turned out not to be. */
  private readonly notEvents = new Set<number>();

  readonly id: string;

  /** `index` counts the streams of a capture in the order in which they were found. */
  constructor(
    readonly index: number,
    readonly context: StreamContext,
    readonly ssrc: number,
  ) {
    this.id = `rtp-${index + 1}`;
  }

  /** Facts of its pictures; null until they were looked at, or when more packets came since. */
  get videoFacts(): VideoFacts | null {
    return this.hasVideoFacts ? (this.pictures?.facts ?? null) : null;
  }

  /** Its pictures were looked at, whatever was found. */
  get hasVideoFacts(): boolean {
    return this.pictures?.revision === this.revision;
  }

  setVideoFacts(facts: VideoFacts | null): void {
    this.pictures = { revision: this.revision, facts };
  }

  /** Forgets all packets, keeps what is known of their meaning. */
  reset(): void {
    this.revision += 1;
    this.statistics = new RtpStatistics();
    this.wireshark = new WiresharkStatistics();
    this.uses = [];
    this.lastUse = null;
    this.isStale = false;
  }

  /** Takes over what another instance of the same stream knows of the meaning of its packets. */
  inherit(other: RtpStream): void {
    this.inferredClock = other.inferredClock;
    this.lastFrame = other.lastFrame;
    this.lastTimeNs = other.lastTimeNs;
    for (const [payloadType, binding] of other.userBindings) this.userBindings.set(payloadType, binding);
    for (const [payloadType, inference] of other.inferences) this.inferences.set(payloadType, inference);
    for (const payloadType of other.notEvents) this.notEvents.add(payloadType);
  }

  /** Counts the next packet in capture order and returns what its payload type is. */
  push(sample: RtpSample): PayloadUse {
    const { frame, timeNs } = sample;
    if (this.statistics.packets === 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    if (frame > this.lastFrame) this.lastFrame = frame;
    if (timeNs > this.lastTimeNs) this.lastTimeNs = timeNs;
    this.revision += 1;
    const use = this.useOf(sample.payloadType, frame);
    if (use.packets === 0) {
      if (use.binding === null) this.inferEvent(use, sample);
      use.firstClockRateHz = use.clockRateHz;
      use.wasEvent = use.isEvent;
    }
    use.packets += 1;
    if (use.isEvent) this.takeEvent(use, sample);
    this.statistics.update(
      sample.sequence,
      sample.timestamp,
      sample.marker,
      use.isEvent,
      use.clockRateHz,
      timeNs,
      sample.ipBytes,
      sample.payloadBytes,
      sample.isTruncated,
    );
    this.wireshark.update(
      sample.sequence,
      sample.timestamp,
      sample.payloadType,
      sample.marker,
      use.wiresharkClockRateHz,
      timeNs,
    );
    return use;
  }

  /** `push` for `count` samples from row `from` on: runs of one payload type are counted together. */
  pushAll(rows: SampleRows, from: number, count: number): void {
    const end = from + count;
    let row = from;
    while (row < end) {
      const runEnd = this.takeRun(rows, row, end);
      if (runEnd === row) {
        rows.read(row, waiting);
        this.push(waiting);
        row += 1;
      } else row = runEnd;
    }
  }

  /** Counts samples whose meaning is that of the one before; returns the first row that is not, or `end`. */
  private takeRun(rows: SampleRows, from: number, end: number): number {
    const use = this.lastUse;
    if (use === null || use.isEvent) return from;
    let { lastTimeNs } = this;
    let row = from;
    for (; row < end && rows.payloadType(row) === use.payloadType && rows.frame(row) < use.validUntil; row += 1) {
      const timeNs = rows.timeNs(row);
      if (timeNs > lastTimeNs) lastTimeNs = timeNs;
    }
    if (row === from) return from;
    const lastFrame = rows.frame(row - 1);
    if (lastFrame > this.lastFrame) this.lastFrame = lastFrame;
    this.lastTimeNs = lastTimeNs;
    this.revision += row - from;
    use.packets += row - from;
    this.statistics.updateAll(rows, from, row, use.clockRateHz);
    this.wireshark.updateAll(rows, from, row, use.wiresharkClockRateHz);
    return row;
  }

  /** What was said changed: payload types are looked up again, and packets counted otherwise are counted anew. */
  rebind(): void {
    this.revision += 1;
    for (const use of this.uses) {
      use.validUntil = 0;
      const atFirst = this.payloadAt(use.payloadType, this.firstFrame);
      if (atFirst && (atFirst.clockRateHz !== use.firstClockRateHz || isEventName(atFirst) !== use.wasEvent)) {
        this.isStale = true;
      }
      const atLast = this.payloadAt(use.payloadType, this.lastFrame);
      if (!atLast) continue;
      if (atLast.clockRateHz !== use.clockRateHz || isEventName(atLast) !== use.isEvent) this.isStale = true;
      use.binding = atLast;
    }
  }

  /** Some payload type has no clock rate, and nothing was inferred yet. */
  get needsClock(): boolean {
    return this.inferredClock === null && this.uses.some((use) => use.clockRateHz === 0);
  }

  inferClock(clock: InferredClock): void {
    this.inferredClock = clock;
    this.isStale = true;
    this.revision += 1;
  }

  /** The payload type that carries the media: the most frequent that is neither event nor comfort noise. */
  get mainUse(): PayloadUse | null {
    let main: PayloadUse | null = null;
    for (const use of this.uses) {
      if (main === null || rank(use) > rank(main)) main = use;
    }
    return main;
  }

  get kind(): StreamKind {
    const announced = this.announcement?.media;
    if (announced === 'audio' || announced === 'video' || announced === 'data') return announced;
    const binding = this.mainUse?.binding;
    if (!binding) return 'unknown';
    const known = staticPayloadTypes.get(binding.payloadType);
    if (known && known.encodingName === binding.encodingName) return known.media;
    return findCodec(binding.encodingName)?.media ?? (binding.clockRateHz === 90_000 ? 'video' : 'audio');
  }

  /** The announcement that governs the stream: in force at its first packet, else the first one after. */
  get announcement(): MediaAnnouncement | null {
    const { received, sent } = this.context;
    return (
      announcementInForce(received, this.firstFrame) ??
      announcementInForce(sent, this.firstFrame) ??
      this.firstAnnouncement(received) ??
      this.firstAnnouncement(sent)
    );
  }

  /** Calls whose descriptions announced the stream, the governing one first. */
  get callIds(): string[] {
    const ids = new Set<string>();
    const add = (a: MediaAnnouncement | null): void => {
      if (a?.callId) ids.add(a.callId);
    };
    add(this.announcement);
    for (const history of [this.context.received, this.context.sent]) {
      add(announcementInForce(history, this.firstFrame));
      for (const a of history) if (a.frame > this.firstFrame && a.frame <= this.lastFrame) add(a);
    }
    return [...ids];
  }

  /** Digits sent as telephone events, in order. */
  get dtmf(): string {
    let digits = '';
    for (const use of this.uses) {
      if (!use.digits || !use.isEvent) continue;
      const found = use.digits.digits;
      const isBelieved = use.binding?.basis !== 'inferred' || use.packets >= minEventPackets * found.length;
      if (isBelieved) digits += found;
    }
    return digits;
  }

  /** What a payload type means in a frame; null when nobody said and no table tells. */
  private payloadAt(payloadType: number, frame: number): PayloadBinding | null {
    const { received, sent } = this.context;
    const untilNs = this.lastTimeNs + announcementDelayNs;
    const said =
      this.userBindings.get(payloadType) ??
      payloadInForce(received, payloadType, frame) ??
      payloadInForce(sent, payloadType, frame) ??
      payloadAnnouncedLater(received, payloadType, frame, untilNs) ??
      payloadAnnouncedLater(sent, payloadType, frame, untilNs);
    if (said) return said;
    const inference = this.inferences.get(payloadType);
    const byConvention = inference?.contradicts ? null : staticBindings.get(payloadType);
    return byConvention ?? inference?.binding ?? null;
  }

  private firstAnnouncement(history: readonly MediaAnnouncement[]): MediaAnnouncement | null {
    const first = history[0];
    return first && first.timeNs <= this.lastTimeNs + announcementDelayNs ? first : null;
  }

  private useOf(payloadType: number, frame: number): PayloadUse {
    let use = this.lastUse;
    if (use === null || use.payloadType !== payloadType) {
      use = this.findUse(payloadType) ?? this.addUse(payloadType);
      this.lastUse = use;
    }
    if (frame >= use.validUntil) this.bind(use, frame);
    return use;
  }

  private findUse(payloadType: number): PayloadUse | null {
    for (const use of this.uses) if (use.payloadType === payloadType) return use;
    return null;
  }

  private addUse(payloadType: number): PayloadUse {
    const use = newPayloadUse(payloadType);
    this.uses.push(use);
    return use;
  }

  private bind(use: PayloadUse, frame: number): void {
    const { received, sent } = this.context;
    const { payloadType } = use;
    const inferred = use.binding?.basis === 'inferred' ? use.binding : null;
    use.binding = this.payloadAt(payloadType, frame) ?? inferred;
    use.clockRateHz = use.binding?.clockRateHz ?? this.fallbackClockRateHz();
    use.isEvent = use.binding !== null && isEventName(use.binding);
    use.isComfortNoise = use.binding?.encodingName.toUpperCase() === 'CN';
    const signalled = payloadInForce(received, payloadType, frame) ?? payloadInForce(sent, payloadType, frame);
    use.wiresharkClockRateHz = wiresharkClockRateHz(
      payloadType,
      signalled?.encodingName ?? null,
      signalled?.clockRateHz ?? 0,
    );
    use.validUntil = Math.min(nextAnnouncementFrame(received, frame), nextAnnouncementFrame(sent, frame));
  }

  /** An unknown payload type runs by the clock of the known ones beside it, or by the inferred one. */
  private fallbackClockRateHz(): number {
    for (const use of this.uses) if (use.binding && !use.isEvent) return use.binding.clockRateHz;
    return this.inferredClock?.clockRateHz ?? 0;
  }

  private takeEvent(use: PayloadUse, sample: RtpSample): void {
    if (use.binding?.basis === 'inferred' && !looksLikeEvent(sample)) {
      this.notEvents.add(use.payloadType);
      use.isEvent = false;
      use.binding = null;
      this.isStale = true;
    } else if (sample.payloadWord >= 0) {
      use.digits ??= new DigitCollector();
      unpackTelephoneEvent(sample.payloadWord, event);
      use.digits.push(sample.timestamp, event);
    }
  }

  /**
   * A dynamic payload type that begins with the marker and a well-formed event is a telephone event that nobody
   * signalled; the first packet that is none takes it back.
   */
  private inferEvent(use: PayloadUse, sample: RtpSample): void {
    if (use.payloadType < 96 || !sample.marker || this.notEvents.has(use.payloadType)) return;
    if (!looksLikeEvent(sample)) return;
    use.binding = {
      payloadType: use.payloadType,
      encodingName: 'telephone-event',
      clockRateHz: this.fallbackClockRateHz() || defaultEventClockRateHz,
      channels: 1,
      fmtp: '',
      basis: 'inferred',
    };
    use.isEvent = true;
  }
}

/** Four bytes, an event of the telephone keypad, the reserved bit clear (RFC 4733, section 2.3). */
function looksLikeEvent({ payloadBytes, payloadWord }: RtpSample): boolean {
  return payloadBytes === 4 && (payloadWord < 0 || (payloadWord >>> 24 <= 16 && (payloadWord & 0x40_0000) === 0));
}

function isEventName(binding: PayloadBinding): boolean {
  return binding.encodingName.toLowerCase() === 'telephone-event';
}

const staticBindings: ReadonlyMap<number, PayloadBinding> = new Map(
  [...staticPayloadTypes].map(([payloadType, { encodingName, clockRateHz, channels }]) => [
    payloadType,
    { payloadType, encodingName, clockRateHz, channels, fmtp: '', basis: 'static' },
  ]),
);
