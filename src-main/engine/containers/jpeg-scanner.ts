import { Extents, missingBytes } from '../bytes/extents';

/** One JPEG in a stream of bytes (ITU-T T.81, annex B). */
export interface ScannedPicture {
  readonly extents: Extents;
  readonly firstFrame: number;
  readonly firstTimeNs: number;
  readonly lastTimeNs: number;
  /** Of its frame header; 0 when there was none. */
  readonly width: number;
  readonly height: number;
  /** It ended with EOI, and nothing in it is missing or out of place. */
  readonly isWhole: boolean;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** No picture is larger: what does not end is given out and begun anew. */
const maxPicture = 64 << 20;

type Phase = 'outside' | 'marker' | 'length' | 'segment' | 'coded';

/**
 * Finds JPEGs in bytes that come one after the other, and tells their sizes and whether they are whole. Thumbnails in
 * their headers are no pictures of their own: segments are skipped by their length.
 */
export class JpegScanner {
  private phase: Phase = 'outside';
  private extents = new Extents();
  private firstFrame = -1;
  private firstTimeNs = -1;
  private lastTimeNs = -1;
  private width = 0;
  private height = 0;
  private isBroken = false;
  /** The byte before was 0xff, which lies there. */
  private isAfterFf = false;
  private ffAddress = missingBytes;
  private ffFrame = 0;
  private ffTimeNs = 0;
  private marker = 0;
  /** Bytes of the segment so far, and in all, its length field included. */
  private position = 0;
  private segmentLength = 0;

  constructor(private readonly onPicture: (picture: ScannedPicture) => void) {}

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    // Where those bytes of the picture under way begin that are not in its extents yet.
    let from = start;
    for (let at = start; at < end; ) {
      if (this.phase === 'segment') {
        at = this.skip(bytes, at, end);
        continue;
      }
      const byte = bytes[at];
      if (byte !== 0xff && !this.isAfterFf && (this.phase === 'coded' || this.phase === 'outside')) {
        at += 1;
        while (at < end && bytes[at] !== 0xff) at += 1;
        continue;
      }
      const isBeginning = this.isAfterFf && byte === SOI && (this.phase === 'outside' || this.phase === 'coded');
      if (isBeginning) {
        // A picture within a picture: the end of the first was lost.
        if (this.phase === 'coded') {
          this.keep(from, at, start, timeNs, address);
          this.end();
        }
        this.begin();
        from = at;
        at += 1;
        continue;
      }
      const isOver = this.phase !== 'outside' && !this.take(byte);
      this.isAfterFf = byte === 0xff && this.phase !== 'length' && !isOver;
      if (this.isAfterFf) {
        this.ffAddress = locate(address, at - start);
        this.ffFrame = frame;
        this.ffTimeNs = timeNs;
      }
      at += 1;
      if (!isOver) continue;
      this.keep(from, at, start, timeNs, address);
      this.finish();
      from = at;
    }
    if (this.phase === 'outside') return;
    this.keep(from, end, start, timeNs, address);
    if (this.extents.total > maxPicture) this.end();
  }

  gap(length: number, timeNs: number): void {
    this.isAfterFf = false;
    if (this.phase === 'outside') return;
    this.isBroken = true;
    this.extents.pushGap(length);
    this.lastTimeNs = timeNs;
    if (this.phase === 'segment' && length <= this.segmentLength - this.position) this.advance(length);
    else this.phase = 'coded';
  }

  /** Nothing more comes: a picture under way is given out as it is. */
  end(): void {
    if (this.phase === 'outside') return;
    this.isBroken = true;
    this.finish();
  }

  /** The byte before was the first of a picture. */
  private begin(): void {
    this.phase = 'marker';
    this.isAfterFf = false;
    this.extents.push(this.ffAddress, 1);
    this.firstFrame = this.ffFrame;
    this.firstTimeNs = this.ffTimeNs;
    this.width = 0;
    this.height = 0;
    this.isBroken = false;
  }

  /** Takes a byte of the picture; false when it was its last. */
  private take(byte: number): boolean {
    if (this.phase === 'length') {
      this.segmentLength = (this.segmentLength << 8) | byte;
      this.position += 1;
      if (this.position === 2) this.beginSegment();
      return true;
    }
    if (!this.isAfterFf) {
      // Between segments there is nothing but markers.
      if (this.phase === 'marker' && byte !== 0xff) this.lose();
      return true;
    }
    // Fill bytes (B.1.1.2), stuffed zeros and restarts (B.1.1.5) are not the end of what is coded.
    if (byte === 0xff) return true;
    if (this.phase === 'coded' && (byte === 0 || (byte >= 0xd0 && byte <= 0xd7))) return true;
    return this.onMarker(byte);
  }

  private onMarker(marker: number): boolean {
    if (marker === EOI) return false;
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= SOI)) this.lose();
    else {
      this.marker = marker;
      this.segmentLength = 0;
      this.position = 0;
      this.phase = 'length';
    }
    return true;
  }

  private beginSegment(): void {
    if (this.segmentLength < 2) {
      this.lose();
      return;
    }
    this.phase = 'segment';
    this.advance(0);
  }

  private skip(bytes: Uint8Array, at: number, end: number): number {
    const next = Math.min(end, at + this.segmentLength - this.position);
    if (isFrameHeader(this.marker)) {
      for (let i = at; i < next; i += 1) {
        const position = this.position + i - at;
        if (position > 6) break;
        if (position === 3 || position === 4) this.height = (this.height << 8) | bytes[i];
        else if (position > 4) this.width = (this.width << 8) | bytes[i];
      }
    }
    this.advance(next - at);
    return next;
  }

  private advance(count: number): void {
    this.position += count;
    if (this.position >= this.segmentLength) this.phase = this.marker === SOS ? 'coded' : 'marker';
  }

  /** What follows makes no sense: only the end of the picture can be looked for. */
  private lose(): void {
    this.isBroken = true;
    this.phase = 'coded';
  }

  private keep(from: number, to: number, start: number, timeNs: number, address: number): void {
    if (to <= from) return;
    this.extents.push(locate(address, from - start), to - from);
    this.lastTimeNs = timeNs;
  }

  private finish(): void {
    const { extents, firstFrame, firstTimeNs, lastTimeNs, width, height } = this;
    this.extents = new Extents();
    this.phase = 'outside';
    this.isAfterFf = false;
    this.onPicture({ extents, firstFrame, firstTimeNs, lastTimeNs, width, height, isWhole: !this.isBroken });
  }
}

const locate = (address: number, offset: number): number =>
  address === missingBytes ? missingBytes : address + offset;

/** SOF0 to SOF15; among them stand DHT, JPG and DAC (B.1.1.3). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
