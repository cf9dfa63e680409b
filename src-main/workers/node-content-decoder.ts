import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import type { ContentDecoder, DecodedContent } from '#engine/analysis/http/content';
import { ZstdDecoder } from './zstd-decoder';

/** Content codings by what Node brings; Zstandard by fzstd, as not every Node has it. */
export const nodeContentDecoder: ContentDecoder = {
  decode(coding, bytes, limit) {
    switch (coding) {
      case 'gzip':
        return whole(gunzipSync, bytes, limit, constants.Z_SYNC_FLUSH);
      case 'deflate':
        // Some senders leave the zlib header out (RFC 9110, section 8.4.1.2).
        return (
          whole(inflateSync, bytes, limit, constants.Z_SYNC_FLUSH) ??
          whole(inflateRawSync, bytes, limit, constants.Z_SYNC_FLUSH)
        );
      case 'br':
        return whole(brotliDecompressSync, bytes, limit, constants.BROTLI_OPERATION_FLUSH);
      case 'zstd':
        return zstd(bytes, limit);
    }
  },
};

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number; finishFlush?: number }) => Uint8Array;

/** First as something whole; then, with `partialFlush`, as the beginning of something. */
function whole(
  decompress: Decompress,
  bytes: Uint8Array,
  limit: number,
  partialFlush: number,
): DecodedContent | 'too-large' | null {
  for (const finishFlush of [undefined, partialFlush]) {
    try {
      const options = { maxOutputLength: limit, ...(finishFlush === undefined ? {} : { finishFlush }) };
      const decoded = decompress(bytes, options);
      if (finishFlush !== undefined && decoded.length === 0) return null;
      return {
        bytes: new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length),
        isComplete: finishFlush === undefined,
      };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    }
  }
  return null;
}

class TooLarge extends Error {}

function zstd(bytes: Uint8Array, limit: number): DecodedContent | 'too-large' | null {
  const parts: Uint8Array[] = [];
  let length = 0;
  const decoder = new ZstdDecoder((part) => {
    length += part.length;
    if (length > limit) throw new TooLarge();
    parts.push(part.slice());
  });
  let isComplete = true;
  try {
    decoder.take(bytes);
    isComplete = decoder.isAtEnd;
  } catch (error) {
    if (error instanceof TooLarge) return 'too-large';
    isComplete = false;
  }
  if (length === 0 && !isComplete) return null;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return { bytes: joined, isComplete };
}
