import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Extents, type ExtentColumns, missingBytes, readExtents } from '../../bytes/extents';
import type { CaptureBytes } from '../../store/capture-bytes';

/** Codings that can be undone, given a decoder. */
export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

export interface DecodedContent {
  readonly bytes: Uint8Array;
  /** The coded bytes ended where they should. */
  readonly isComplete: boolean;
}

/** Undoes content codings (RFC 9110, section 8.4.1); whoever runs the engine brings it. */
export interface ContentDecoder {
  /** At most `limit` bytes; `too-large` when there would be more; null when nothing could be decoded. */
  decode(coding: ContentCoding, bytes: Uint8Array, limit: number): DecodedContent | 'too-large' | null;
}

/** The bytes of a body as they are meant, and how far they are. */
export interface Content {
  readonly extents: ExtentColumns;
  readonly bytes: number;
  readonly missing: number;
  /** First bytes, to tell what it is; empty when it was not decoded. */
  readonly sample: Uint8Array;
  /** False: a coding could not be undone, and these are the coded bytes. */
  readonly isDecoded: boolean;
  readonly isComplete: boolean;
}

/** Coded bodies that are longer are not decoded. */
export const maxCoded = 32 << 20;
/** What a body may become at most, and how many times its length: deflate reaches 1032 (a body of zeros). */
const maxDecoded = 64 << 20;
const maxRatio = 1100;
const ratioFree = 1 << 20;
const maxCodings = 3;
const sampleLength = 512;

/** Undoes `codings`, the last applied first, and keeps the result. */
export function decodeContent(
  coded: { readonly extents: ExtentColumns; readonly total: number; readonly isComplete: boolean },
  codings: readonly string[],
  parts: { readonly bytes: CaptureBytes; readonly decoder: ContentDecoder | null; readonly sink: DiagnosticSink },
  frame: number,
): Content | null {
  const { decoder, sink } = parts;
  if (decoder === null || coded.total > maxCoded || codings.length > maxCodings) return null;
  // What is behind a hole cannot be decoded.
  let whole = 0;
  for (let i = 0; i < coded.extents.count && coded.extents.address[i] !== missingBytes; i += 1) {
    whole += coded.extents.length[i];
  }
  let bytes = readExtents(parts.bytes, coded.extents, 0, whole);
  let isComplete = coded.isComplete && whole === coded.total;
  for (const coding of [...codings].reverse()) {
    if (!isContentCoding(coding)) return null;
    const limit = Math.min(maxDecoded, Math.max(ratioFree, maxRatio * bytes.length));
    const decoded = decoder.decode(coding, bytes, limit);
    if (decoded === 'too-large') {
      const text = `A body coded as ${coding} would have more than ${limit >>> 20} MiB; it stays as it was sent.`;
      sink.report('warning', 'http-content-too-large', frame, text);
      return null;
    }
    if (decoded === null) {
      const text = `A body could not be decoded although it is said to be ${coding}; it stays as it was sent.`;
      sink.report('warning', 'http-content-coding', frame, text);
      return null;
    }
    bytes = decoded.bytes;
    isComplete &&= decoded.isComplete;
  }
  const address = parts.bytes.keep(bytes, 0, bytes.length);
  if (address === missingBytes && bytes.length > 0) return null;
  const extents = new Extents(1);
  extents.push(address, bytes.length);
  return {
    extents,
    bytes: bytes.length,
    missing: 0,
    sample: bytes.slice(0, sampleLength),
    isDecoded: true,
    isComplete,
  };
}

const isContentCoding = (coding: string): coding is ContentCoding =>
  coding === 'gzip' || coding === 'deflate' || coding === 'br' || coding === 'zstd';
