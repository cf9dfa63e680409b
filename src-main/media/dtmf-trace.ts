import { readTelephoneEvent, TelephoneEvent, unpackTelephoneEvent } from '#engine/protocols/rtp/index';
import type { MarkerList } from './marker-list';

/** Where an event packet stands. */
export interface EventPlace {
  readonly timestamp: number;
  readonly clockRateHz: number;
  readonly startSeconds: number;
  readonly frame: number;
}

interface OpenEvent extends EventPlace {
  readonly code: number;
  /** Timestamp of the packets now, and what earlier timestamps of the same event lasted. */
  segmentTimestamp: number;
  earlierDuration: number;
  duration: number;
  isEnded: boolean;
}

/** DTMF events 0 to 15 (RFC 4733, section 3.2). */
const digits = '0123456789*#ABCD';

/**
 * Makes one marker of the packets of one event. They come in the order of play; all carry the timestamp of the
 * event's beginning, and a duration that grows (RFC 4733, section 2.3). An event that outgrows its 16 bits of
 * duration goes on under a new timestamp (section 2.5.1.3).
 */
export class DtmfTrace {
  /** End of the last event: a lane is at least as long. */
  endSeconds = 0;
  private readonly parsed = new TelephoneEvent();
  private open: OpenEvent | null = null;

  constructor(private readonly markers: MarkerList) {}

  push(payload: Uint8Array, place: EventPlace): void {
    const { parsed } = this;
    const word = readTelephoneEvent(payload, 0, payload.length);
    if (word < 0) return;
    unpackTelephoneEvent(word, parsed);
    const { open } = this;
    if (open?.code === parsed.event) {
      if (!open.isEnded && place.timestamp === open.segmentTimestamp + open.duration && open.duration > 0) {
        open.segmentTimestamp = place.timestamp;
        open.earlierDuration += open.duration;
        open.duration = 0;
      }
      if (place.timestamp === open.segmentTimestamp) {
        open.duration = Math.max(open.duration, parsed.duration);
        open.isEnded ||= parsed.isEnd;
        return;
      }
    }
    this.finish();
    this.begin(place);
  }

  /** The stream is over: the last event is told too. */
  finish(): void {
    const { open } = this;
    if (!open) return;
    this.open = null;
    const seconds = open.clockRateHz > 0 ? (open.earlierDuration + open.duration) / open.clockRateHz : 0;
    const endSeconds = open.startSeconds + seconds;
    this.endSeconds = Math.max(this.endSeconds, endSeconds);
    this.markers.add({
      kind: 'dtmf',
      startSeconds: open.startSeconds,
      endSeconds,
      frame: open.frame,
      packets: 1,
      detail: digits[open.code] ?? `event ${open.code}`,
    });
  }

  private begin(place: EventPlace): void {
    this.open = {
      ...place,
      code: this.parsed.event,
      segmentTimestamp: place.timestamp,
      earlierDuration: 0,
      duration: this.parsed.duration,
      isEnded: this.parsed.isEnd,
    };
  }
}
