import type { DigitCollector, PayloadBinding } from '../../protocols/rtp';

/** One payload type within a stream. */
export interface PayloadUse {
  readonly payloadType: number;
  packets: number;
  /** What it meant last; null when unknown. */
  binding: PayloadBinding | null;
  /** Rate for the statistics; 0 when unknown. */
  clockRateHz: number;
  wiresharkClockRateHz: number;
  isEvent: boolean;
  isComfortNoise: boolean;
  /** As its first packet was counted. */
  firstClockRateHz: number;
  wasEvent: boolean;
  /** From this frame on the binding must be looked up again. */
  validUntil: number;
  digits: DigitCollector | null;
}

/** A payload type that no packet had yet. */
export function newPayloadUse(payloadType: number): PayloadUse {
  return {
    payloadType,
    packets: 0,
    binding: null,
    clockRateHz: 0,
    wiresharkClockRateHz: 0,
    isEvent: false,
    isComfortNoise: false,
    firstClockRateHz: 0,
    wasEvent: false,
    validUntil: 0,
    digits: null,
  };
}

/** Events and comfort noise count only where there is nothing else. */
export function rank(use: PayloadUse): number {
  return use.isEvent || use.isComfortNoise ? use.packets * 1e-12 : use.packets;
}
