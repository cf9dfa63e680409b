/** The four bytes of a telephone-event payload (RFC 4733, section 2.3). One instance is reused. */
export class TelephoneEvent {
  event = 0;
  isEnd = false;
  /** Level below 0 dBm0, in dB. */
  volume = 0;
  /** Duration so far, in timestamp units. */
  duration = 0;
}

/** The first event of a payload as one 32-bit number; -1 when the payload is shorter than four bytes. */
export function readTelephoneEvent(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4) return -1;
  return ((bytes[start] << 24) | (bytes[start + 1] << 16) | (bytes[start + 2] << 8) | bytes[start + 3]) >>> 0;
}

/** Takes apart what `readTelephoneEvent` gave. */
export function unpackTelephoneEvent(word: number, event: TelephoneEvent): void {
  event.event = word >>> 24;
  event.isEnd = (word & 0x80_0000) !== 0;
  event.volume = (word >>> 16) & 0x3f;
  event.duration = word & 0xffff;
}

/** DTMF events 0 to 15 (RFC 4733, section 3.2, table 3). */
const digits = '0123456789*#ABCD';
/** A stream that claims more digits than this is not a keypad. */
const maxDigits = 4096;
const rememberedEvents = 8;

/**
 * Collects the digits of one stream. All packets of an event carry the timestamp of its beginning
 * (RFC 4733, section 2.2), so updates and repeated ends count once; a new timestamp is a new event, except where
 * it continues an event that outgrew its 16-bit duration (section 2.5.1.3).
 */
export class DigitCollector {
  digits = '';
  private readonly timestamps = new Float64Array(rememberedEvents).fill(-1);
  private next = 0;
  private event = -1;
  private timestamp = -1;
  private duration = 0;
  private isEnded = false;

  push(timestamp: number, event: TelephoneEvent): void {
    if (timestamp === this.timestamp) {
      if (event.event !== this.event) return;
      this.duration = Math.max(this.duration, event.duration);
      this.isEnded ||= event.isEnd;
      return;
    }
    // A late packet of an event that is already counted.
    if (this.timestamps.includes(timestamp)) return;
    const isContinued =
      !this.isEnded && event.event === this.event && timestamp === (this.timestamp + this.duration) % 2 ** 32;
    this.timestamps[this.next] = timestamp;
    this.next = (this.next + 1) % rememberedEvents;
    this.timestamp = timestamp;
    this.event = event.event;
    this.duration = event.duration;
    this.isEnded = event.isEnd;
    if (!isContinued && event.event < digits.length && this.digits.length < maxDigits) {
      this.digits += digits[event.event];
    }
  }
}
