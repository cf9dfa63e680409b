/*
 * Integers at an offset. No bounds check: an offset past the end reads zeros, so check lengths first where
 * it matters.
 */

export const u16be = (bytes: Uint8Array, o: number): number => (bytes[o] << 8) | bytes[o + 1];

export const u16le = (bytes: Uint8Array, o: number): number => bytes[o] | (bytes[o + 1] << 8);

export const u32be = (bytes: Uint8Array, o: number): number =>
  ((bytes[o] << 24) | (bytes[o + 1] << 16) | (bytes[o + 2] << 8) | bytes[o + 3]) >>> 0;

export const u32le = (bytes: Uint8Array, o: number): number =>
  (bytes[o] | (bytes[o + 1] << 8) | (bytes[o + 2] << 16) | (bytes[o + 3] << 24)) >>> 0;

/** Two's complement, -32768..32767. */
export const i16be = (bytes: Uint8Array, o: number): number => ((bytes[o] << 24) >> 16) | bytes[o + 1];

export const u24be = (bytes: Uint8Array, o: number): number => (bytes[o] << 16) | (bytes[o + 1] << 8) | bytes[o + 2];
