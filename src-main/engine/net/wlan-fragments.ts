import type { Layer } from './layer';

/** A unit of 802.11 that lies in several frames, as far as they came. */
interface PartialMsdu {
  readonly parts: (Uint8Array | undefined)[];
  /** Number of the last part; -1 before it came. */
  last: number;
  readonly firstNs: number;
  readonly firstFrame: number;
}

/** Fragments of one unit follow each other within milliseconds (dot11MaxReceiveLifetime counts in 1.024 ms). */
const timeoutNs = 1e9;
/** Units under way at once: one a station and traffic class. */
const maxUnits = 256;
/** The longest MSDU with its encryption (IEEE 802.11-2020, clause 9.2.4.7). */
const maxBytes = 11_454;

/**
 * Puts MSDUs together that were sent in several frames (IEEE 802.11-2020, clause 10.5): up to 16 parts with one
 * sequence number, after each was decrypted. A part sent again replaces nothing. What never becomes whole is forgotten,
 * and told.
 */
export class WlanFragments {
  private readonly units = new Map<string, PartialMsdu>();

  /**
   * Takes the fragment that `layer` is; `key` tells its unit. True when that has become whole: `layer` is then the
   * whole, in a buffer of its own.
   */
  take(layer: Layer, key: string, part: number, isLast: boolean): boolean {
    const { bytes, end, frame, start, timeNs, wireEnd } = layer;
    if (wireEnd > end) return false;
    let unit = this.units.get(key);
    if (unit && timeNs - unit.firstNs > timeoutNs) {
      this.giveUp(layer, key, unit);
      unit = undefined;
    }
    if (!unit) {
      this.makeRoom(layer);
      unit = { parts: [], last: -1, firstNs: timeNs, firstFrame: frame };
      this.units.set(key, unit);
    }
    unit.parts[part] ??= bytes.slice(start, end);
    if (isLast) unit.last = part;
    if (unit.last < 0) return false;
    const parts: Uint8Array[] = [];
    for (let i = 0; i <= unit.last; i += 1) {
      const own = unit.parts[i];
      if (!own) return false;
      parts.push(own);
    }
    this.units.delete(key);
    const length = parts.reduce((sum, own) => sum + own.length, 0);
    if (length > maxBytes) return false;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const own of parts) {
      whole.set(own, at);
      at += own.length;
    }
    layer.bytes = whole;
    layer.start = 0;
    layer.end = length;
    layer.wireEnd = length;
    return true;
  }

  private makeRoom(layer: Layer): void {
    if (this.units.size < maxUnits) return;
    for (const [key, unit] of this.units) {
      this.giveUp(layer, key, unit);
      return;
    }
  }

  private giveUp(layer: Layer, key: string, { firstFrame, parts }: PartialMsdu): void {
    this.units.delete(key);
    const there = parts.filter((part) => part !== undefined).length;
    layer.report(
      'note',
      'wlan-fragments-incomplete',
      `Of a packet in fragments that began in frame ${firstFrame} only ${there} came: it was left out.`,
    );
  }
}
