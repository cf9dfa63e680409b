import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigitCollector, readTelephoneEvent, TelephoneEvent, unpackTelephoneEvent } from './telephone-event';

function unpack(...bytes: number[]): TelephoneEvent | null {
  const word = readTelephoneEvent(Uint8Array.from(bytes), 0, bytes.length);
  if (word < 0) return null;
  const event = new TelephoneEvent();
  unpackTelephoneEvent(word, event);
  return event;
}

function packet(event: number, duration: number, isEnd = false): TelephoneEvent {
  return Object.assign(new TelephoneEvent(), { event, duration, isEnd });
}

describe('telephone events', () => {
  it('reads event, end bit, volume and duration', () => {
    expect(unpack(11, 0x8a, 0x03, 0xc0)).toEqual({ event: 11, isEnd: true, volume: 10, duration: 960 });
    expect(unpack(255, 0x7f, 0xff, 0xff)).toEqual({ event: 255, isEnd: false, volume: 63, duration: 65535 });
    expect(unpack(1, 2, 3)).toBeNull();
  });

  it('counts an event once, however often its packets and its end come', () => {
    const digits = new DigitCollector();
    for (const duration of [160, 320, 480]) digits.push(8000, packet(4, duration));
    for (let i = 0; i < 3; i += 1) digits.push(8000, packet(4, 640, true));
    digits.push(12_000, packet(4, 160));
    digits.push(12_000, packet(4, 320, true));
    expect(digits.digits).toBe('44');
  });

  it('names all sixteen keys and ignores other events', () => {
    const digits = new DigitCollector();
    for (let event = 0; event <= 20; event += 1) digits.push(event * 2000, packet(event, 800, true));
    expect(digits.digits).toBe('0123456789*#ABCD');
  });

  it('takes a late packet of an earlier event for what it is', () => {
    const digits = new DigitCollector();
    digits.push(1000, packet(1, 800, true));
    digits.push(5000, packet(2, 160));
    digits.push(1000, packet(1, 800, true));
    digits.push(5000, packet(2, 320, true));
    expect(digits.digits).toBe('12');
  });

  it('joins the segments of an event that outgrew its duration', () => {
    const digits = new DigitCollector();
    digits.push(1000, packet(5, 0xffff));
    digits.push(1000 + 0xffff, packet(5, 4000, true));
    expect(digits.digits).toBe('5');
  });

  it('stays bounded', () => {
    const digits = new DigitCollector();
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(255), fc.nat(65535), fc.boolean(), (timestamp, event, duration, end) => {
        digits.push(timestamp, packet(event, duration, end));
      }),
      { numRuns: 20_000 },
    );
    for (let i = 0; i < 10_000; i += 1) digits.push(i, packet(1, 1, true));
    expect(digits.digits.length).toBeLessThanOrEqual(4096);
  });
});
