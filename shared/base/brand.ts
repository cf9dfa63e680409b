declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** 1-based number of a captured record, as Wireshark counts frames. */
export type FrameNumber = Brand<number, 'FrameNumber'>;
/** Nanoseconds since the first frame of the capture; exact up to 104 days (2^53 ns). */
export type RelNs = Brand<number, 'RelNs'>;

export const frameNumber = (n: number): FrameNumber => n as FrameNumber;
export const relNs = (ns: number): RelNs => ns as RelNs;
export const relNsToSeconds = (ns: number): number => ns / 1e9;
