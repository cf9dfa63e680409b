import { Extents } from '../../bytes/extents';
import { fieldValue, type HttpField, mediaTypeOf, MultipartSplitter } from '../../protocols/http/index';
import type { BodyListener } from './http-tracker';
import { type ContentRange, parseContentRange } from './range-group';

/** One of several ranges that came in one response. */
export interface ByteRangePart {
  readonly range: ContentRange;
  readonly contentType: string | null;
  readonly extents: Extents;
  /** Its first bytes. */
  sample: Uint8Array;
}

/** A response that names more ranges is not believed. */
const maxParts = 10_000;
const sampleLength = 512;

export const isByteRanges = (fields: readonly HttpField[]): boolean =>
  mediaTypeOf(fieldValue(fields, 'content-type')) === 'multipart/byteranges';

/** Takes `multipart/byteranges` apart (RFC 9110, section 14.6). */
export class ByteRanges implements BodyListener {
  readonly parts: ByteRangePart[] = [];
  private part: ByteRangePart | null = null;
  private readonly splitter = new MultipartSplitter({
    onPart: (fields) => this.begin(fields),
    onData: (bytes, start, end, _frame, _timeNs, address) => {
      const { part } = this;
      if (!part) return;
      if (part.extents.total === 0) part.sample = bytes.slice(start, Math.min(end, start + sampleLength));
      part.extents.push(address, end - start);
    },
    onGap: (length) => this.part?.extents.pushGap(length),
    onPartEnd: () => {
      this.part = null;
    },
  });

  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.splitter.push(bytes, start, end, frame, timeNs, address);
  }

  onGap(length: number, frame: number, timeNs: number): void {
    this.splitter.gap(length, frame, timeNs);
  }

  onEnd(isComplete: boolean): void {
    this.splitter.end(isComplete);
  }

  private begin(fields: readonly HttpField[]): void {
    const range = parseContentRange(fieldValue(fields, 'content-range'));
    this.part = null;
    if (range === null || this.parts.length >= maxParts) return;
    const contentType = mediaTypeOf(fieldValue(fields, 'content-type'));
    this.part = { range, contentType, extents: new Extents(), sample: new Uint8Array(0) };
    this.parts.push(this.part);
  }
}
