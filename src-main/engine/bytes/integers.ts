/*
 * Integers at an offset. No bounds check: an offset past the end reads zeros, so check lengths first where
 * it matters.
 */

export const u16be = (bytes: Uint8Array, o: number): number => (bytes[o] << 8) | bytes[o + 1];

export const u16le = (bytes: Uint8Array, o: number): number => bytes[o] | (bytes[o + 1] << 8);

export const u24be = (bytes: Uint8Array, o: number): number => (bytes[o] << 16) | (bytes[o + 1] << 8) | bytes[o + 2];

export const u24le = (bytes: Uint8Array, o: number): number => bytes[o] | (bytes[o + 1] << 8) | (bytes[o + 2] << 16);

export const u32be = (bytes: Uint8Array, o: number): number =>
  ((bytes[o] << 24) | (bytes[o + 1] << 16) | (bytes[o + 2] << 8) | bytes[o + 3]) >>> 0;

export const u32le = (bytes: Uint8Array, o: number): number =>
  (bytes[o] | (bytes[o + 1] << 8) | (bytes[o + 2] << 16) | (bytes[o + 3] << 24)) >>> 0;

/** Two's complement, -32768..32767. */
export const i16be = (bytes: Uint8Array, o: number): number => ((bytes[o] << 24) >> 16) | bytes[o + 1];

/** Two's complement, -2^31..2^31-1. */
export const i32be = (bytes: Uint8Array, o: number): number => u32be(bytes, o) | 0;

/** Two's complement, -2^31..2^31-1. */
export const i32le = (bytes: Uint8Array, o: number): number => u32le(bytes, o) | 0;

/** Exact up to 2^53 - 1; above, rounded to a double. */
export const u64be = (bytes: Uint8Array, o: number): number => u32be(bytes, o) * 2 ** 32 + u32be(bytes, o + 4);

/** Exact up to 2^53 - 1; above, rounded to a double. */
export const u64le = (bytes: Uint8Array, o: number): number => u32le(bytes, o + 4) * 2 ** 32 + u32le(bytes, o);

export const u64beBig = (bytes: Uint8Array, o: number): bigint =>
  (BigInt(u32be(bytes, o)) << 32n) | BigInt(u32be(bytes, o + 4));

export const u64leBig = (bytes: Uint8Array, o: number): bigint =>
  (BigInt(u32le(bytes, o + 4)) << 32n) | BigInt(u32le(bytes, o));
