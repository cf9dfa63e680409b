export const flvFileHeaderBytes = 13;
export const flvTagHeaderBytes = 11;
/** PreviousTagSize behind each tag. */
export const flvTrailerBytes = 4;

/** Header of a file and the PreviousTagSize of no tag (Flash Video File Format 10.1, E.2 and E.3). */
export function writeFlvHeader(target: Uint8Array, at: number, hasAudio: boolean, hasVideo: boolean): void {
  const flags = (hasAudio ? 4 : 0) | (hasVideo ? 1 : 0);
  target.set([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0], at);
}

/** Header of a tag (E.4.1); the stream id is always 0. */
export function writeFlvTagHeader(
  target: Uint8Array,
  at: number,
  type: number,
  length: number,
  timestampMs: number,
): void {
  target[at] = type;
  target[at + 1] = length >> 16;
  target[at + 2] = length >> 8;
  target[at + 3] = length;
  target[at + 4] = timestampMs >> 16;
  target[at + 5] = timestampMs >> 8;
  target[at + 6] = timestampMs;
  target[at + 7] = timestampMs >>> 24;
  target.fill(0, at + 8, at + 11);
}

/** PreviousTagSize behind a tag with a payload of `length` bytes. */
export function writeFlvTrailer(target: Uint8Array, at: number, length: number): void {
  const size = length + flvTagHeaderBytes;
  target[at] = size >>> 24;
  target[at + 1] = size >> 16;
  target[at + 2] = size >> 8;
  target[at + 3] = size;
}
