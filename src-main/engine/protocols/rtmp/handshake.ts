import { u16be, u32be } from '../../bytes/integers';
import type { ProbeVerdict } from '../../flow/stream-dissector';
import { HeaderLook, lookAtHeader } from './chunk-header';

/** C1, C2, S1 and S2 (RTMP 1.0, section 5.2). */
export const handshakeBytes = 1536;
/** C0 and C1: nothing else may be sent before the other side has answered. */
export const firstFlightBytes = 1 + handshakeBytes;
/** Where the random bytes begin in C0 and C1. */
const randomStart = 9;

export const RtmpVersion = { plain: 3, encrypted: 6, encryptedXtea: 8, encryptedBlowfish: 9 } as const;

const look = new HeaderLook();

/** What one side sent first. */
export interface HandshakeFacts {
  readonly version: number;
  /** C1's or S1's time field. */
  readonly timeMs: number;
  /** `10.0.45.2`: the version of the program, in the field that the specification wants to be zero; null when it is. */
  readonly program: string | null;
}

/** RTMPE: what follows the handshake cannot be read. */
export const isEncryptedVersion = (version: number): boolean => version > RtmpVersion.plain && version <= 9;

/**
 * Do these bytes begin with C0 and C1 (or S0 and S1)? Both must have come: the first byte alone is that of many, above
 * all of TPKT (RFC 1006), `03 00` and a length.
 */
export function probeHandshake(bytes: Uint8Array, start: number, end: number): ProbeVerdict {
  const version = bytes[start];
  if (version !== RtmpVersion.plain && version !== 6 && version !== 8 && version !== 9) return 'no';
  if (end - start >= 7 && version === RtmpVersion.plain && looksLikeTpkt(bytes, start)) return 'no';
  // A chunk stream with such a number, in a connection whose beginning is missing.
  if ((lookAtHeader(bytes, start, end, look)?.points ?? 0) > 0) return 'no';
  if (end - start < firstFlightBytes) return 'more';
  const hasProgram = u32be(bytes, start + 5) !== 0;
  // Without that field nothing but the randomness of the rest speaks for it.
  if (version === RtmpVersion.plain && !hasProgram) return 'yes';
  return isRandom(bytes, start + randomStart, start + firstFlightBytes) ? 'yes' : 'no';
}

/** Of `bytes[start..start + 9)`. */
export function readHandshake(bytes: Uint8Array, start: number): HandshakeFacts {
  const program = u32be(bytes, start + 5);
  return {
    version: bytes[start],
    timeMs: u32be(bytes, start + 1),
    program: program === 0 ? null : Array.from(bytes.subarray(start + 5, start + 9)).join('.'),
  };
}

/** Version 3, reserved 0, length of the packet, then a length and a type of ISO 8073 (its data, connect, disconnect). */
function looksLikeTpkt(bytes: Uint8Array, start: number): boolean {
  if (bytes[start + 1] !== 0) return false;
  const length = u16be(bytes, start + 2);
  const indicator = bytes[start + 4];
  const type = bytes[start + 5] & 0xf0;
  return length >= 7 && indicator >= 2 && indicator + 5 <= length && type >= 0x60;
}

function isRandom(bytes: Uint8Array, start: number, end: number): boolean {
  const seen = new Uint8Array(256);
  let different = 0;
  for (let i = start; i < end; i += 1) {
    if (seen[bytes[i]] === 0) different += 1;
    seen[bytes[i]] = 1;
  }
  // Of 1528 random bytes 255 of 256 values are expected; 200 are as good as certain.
  return different >= 200;
}
