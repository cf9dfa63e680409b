import { u16be } from '../bytes/integers';

/** What a container says of a stream of NAL units. */
export interface NalConfiguration {
  /** Bytes of the length before each unit. */
  readonly lengthBytes: number;
  readonly parameterSets: readonly Uint8Array[];
}

/** AVCDecoderConfigurationRecord, `avcC` (ISO/IEC 14496-15, 5.3.3.1); null when it is none. What is cut is left out. */
export function avcConfiguration(bytes: Uint8Array): NalConfiguration | null {
  if (bytes.length < 6 || bytes[0] !== 1) return null;
  const parameterSets: Uint8Array[] = [];
  const at = takeUnits(bytes, 6, bytes[5] & 0x1f, parameterSets);
  if (at < bytes.length) takeUnits(bytes, at + 1, bytes[at], parameterSets);
  return { lengthBytes: 1 + (bytes[4] & 3), parameterSets };
}

/** HEVCDecoderConfigurationRecord, `hvcC` (ISO/IEC 14496-15, 8.3.3.1); null when it is none. What is cut is left out. */
export function hevcConfiguration(bytes: Uint8Array): NalConfiguration | null {
  if (bytes.length < 23 || bytes[0] !== 1) return null;
  const parameterSets: Uint8Array[] = [];
  let at = 23;
  for (let array = 0; array < bytes[22] && at + 3 <= bytes.length; array += 1) {
    at = takeUnits(bytes, at + 3, u16be(bytes, at + 1), parameterSets);
  }
  return { lengthBytes: 1 + (bytes[21] & 3), parameterSets };
}

/** Units behind lengths of 16 bits; answers where they end. */
function takeUnits(bytes: Uint8Array, from: number, count: number, units: Uint8Array[]): number {
  let at = from;
  for (let i = 0; i < count; i += 1) {
    if (at + 2 > bytes.length) return bytes.length;
    const end = at + 2 + u16be(bytes, at);
    if (end > bytes.length) return bytes.length;
    if (end > at + 2) units.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at;
}
