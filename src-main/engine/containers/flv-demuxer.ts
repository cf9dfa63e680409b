import { Extents, missingBytes } from '../bytes/extents';
import { u24be, u32be } from '../bytes/integers';
import type { PieceBuffer } from '../bytes/piece-buffer';
import { SearchWindow } from '../bytes/search-window';
import { flvTagHeaderBytes, flvTrailerBytes } from './flv';
import { FlvTagType } from './flv-tag';

/** A message of media or data, as RTMP and FLV files have it. It is borrowed with all it holds. */
export interface FlvTag {
  /** `FlvTagType`; with 0x20 added when it is encrypted. */
  readonly type: number;
  /** Modulo 2^32. */
  readonly timestampMs: number;
  /** False when the timestamp is a difference to something that was lost. */
  readonly isTimeKnown: boolean;
  /** How often the place was lost before: times before and after have nothing in common. */
  readonly resumption: number;
  /** Bytes of the payload, those that are missing included. */
  readonly length: number;
  /** Where the payload lies, holes included. */
  readonly extents: Extents;
  /** The first bytes of the payload. */
  readonly head: Uint8Array;
  readonly headLength: number;
  /** Frames that brought its first byte and its last one. */
  readonly firstFrame: number;
  readonly frame: number;
  /** Of the last byte. */
  readonly timeNs: number;
  /** Its end never came. */
  readonly isCut: boolean;
  /** Bytes that were lost or could not be understood, between the tag before and this one. */
  readonly lostBefore: number;
}

export interface FlvListener {
  /** Everything given is borrowed. */
  onTag(tag: FlvTag): void;
  /** `lost` bytes never came, `skipped` bytes behind them could not be understood. */
  onLoss?(lost: number, skipped: number, frame: number): void;
}

const fileHeaderBytes = 9;
/** Bytes of a media payload that are kept, and of script data. */
const mediaHeadBytes = 32;
const scriptHeadBytes = 64 << 10;
/** The next tag is looked for in so many bytes. */
const maxSearchBytes = 2 << 20;

type State = 'start' | 'skip' | 'header' | 'body' | 'search';

/** Takes a byte stream of FLV apart, split anyhow, entered anywhere, with holes. Payloads stay where they are. */
export class FlvDemuxer {
  private state: State = 'start';
  private readonly header = new Uint8Array(flvTagHeaderBytes + flvTrailerBytes);
  private headerLength = 0;
  private skipLeft = 0;
  private readonly extents = new Extents();
  private head = new Uint8Array(mediaHeadBytes);
  private headLength = 0;
  private type = 0;
  private length = 0;
  private timestampMs = 0;
  private firstFrame = 0;
  private lost = 0;
  private lostBefore = 0;
  private lostBeforeSearch = 0;
  private resumption = 0;
  private readonly window = new SearchWindow(maxSearchBytes);
  private frame = 0;
  private timeNs = 0;

  constructor(private readonly listener: FlvListener) {}

  /** `address` is where `bytes[start]` lies in the bytes of the capture. */
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    let at = start;
    while (at < end) {
      this.frame = frame;
      this.timeNs = timeNs;
      const here = address === missingBytes ? missingBytes : address + at - start;
      at += this.take(bytes, at, end, here);
    }
  }

  /** `length` bytes are lost. */
  gap(length: number, frame: number, timeNs: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    this.settleSearch();
    let left = length;
    while (left > 0 && (this.state === 'body' || this.state === 'skip')) {
      const isBody = this.state === 'body';
      const take = Math.min(left, isBody ? this.length - this.extents.total : this.skipLeft);
      if (isBody) this.extents.pushGap(take);
      else this.skipLeft -= take;
      left -= take;
      this.settle();
    }
    if (left > 0) this.loseSync(left);
  }

  end(timeNs: number): void {
    this.timeNs = timeNs;
    this.settleSearch();
    if (this.state === 'body') this.cut();
    this.state = 'search';
    this.window.restart();
  }

  /** Answers how many bytes it took: at least one. */
  private take(bytes: Uint8Array, at: number, end: number, address: number): number {
    switch (this.state) {
      case 'start':
      case 'header':
        this.headerByte(bytes[at]);
        return 1;
      case 'skip': {
        const take = Math.min(end - at, this.skipLeft);
        this.skipLeft -= take;
        this.settle();
        return take;
      }
      case 'body': {
        const take = Math.min(end - at, this.length - this.extents.total);
        this.keepHead(bytes, at, at + take);
        this.extents.push(address, take);
        this.settle();
        return take;
      }
      case 'search': {
        const take = this.window.take(bytes, at, end, this.frame, this.timeNs, address);
        if (this.window.isDue) this.search();
        return take;
      }
    }
  }

  private headerByte(byte: number): void {
    const { header } = this;
    header[this.headerLength] = byte;
    this.headerLength += 1;
    if (this.state === 'start') {
      if (this.headerLength < fileHeaderBytes) return;
      const isFile = header[0] === 0x46 && header[1] === 0x4c && header[2] === 0x56;
      const dataOffset = u32be(header, 5);
      if (!isFile || dataOffset < fileHeaderBytes || dataOffset > 4096) {
        this.loseSync(0);
        return;
      }
      this.headerLength = 0;
      this.skipLeft = dataOffset - fileHeaderBytes + flvTrailerBytes;
      this.state = 'skip';
    } else if (this.headerLength === flvTagHeaderBytes) {
      if (!isTagHeader(header, 0)) {
        this.loseSync(0);
        return;
      }
      this.begin();
    }
  }

  private begin(): void {
    const { header } = this;
    // With the bit of encryption it is a type that nobody takes for media.
    this.type = header[0];
    this.length = u24be(header, 1);
    this.timestampMs = ((header[7] << 24) | u24be(header, 4)) >>> 0;
    this.headerLength = 0;
    this.extents.clear();
    this.headLength = 0;
    this.firstFrame = this.frame;
    this.lostBefore = this.lost;
    this.lost = 0;
    this.state = 'body';
    this.settle();
  }

  /** What is complete is handed on; a trailer or a tag follows. */
  private settle(): void {
    if (this.state === 'body' && this.extents.total === this.length) {
      this.complete(false);
      this.skipLeft = flvTrailerBytes;
      this.state = 'skip';
    } else if (this.state === 'skip' && this.skipLeft === 0) {
      this.state = 'header';
      this.headerLength = 0;
    }
  }

  private complete(isCut: boolean): void {
    const { extents, firstFrame, frame, head, headLength, length, lostBefore, resumption, timeNs, timestampMs } = this;
    this.listener.onTag({
      type: this.type,
      timestampMs,
      isTimeKnown: true,
      resumption,
      length,
      extents,
      head,
      headLength,
      firstFrame,
      frame,
      timeNs,
      isCut,
      lostBefore,
    });
    extents.clear();
    if (head.length > 4096) this.head = new Uint8Array(mediaHeadBytes);
  }

  private keepHead(bytes: Uint8Array, start: number, end: number): void {
    const at = this.extents.total;
    // Behind a hole nothing is a beginning any more.
    if (at !== this.headLength) return;
    const limit = this.type === FlvTagType.script ? scriptHeadBytes : mediaHeadBytes;
    const count = Math.min(end - start, Math.min(limit, this.length) - at);
    if (count <= 0) return;
    if (at + count > this.head.length) {
      const larger = new Uint8Array(Math.min(limit, Math.max(at + count, 2 * this.head.length)));
      larger.set(this.head.subarray(0, at));
      this.head = larger;
    }
    this.head.set(bytes.subarray(start, start + count), at);
    this.headLength = at + count;
  }

  private cut(): void {
    if (this.extents.total > 0) {
      this.extents.pushGap(this.length - this.extents.total);
      this.complete(true);
    } else this.lost += this.lostBefore;
  }

  /** `lost` bytes are missing, or what came begins no tag. */
  private loseSync(lost: number): void {
    const { frame, header, headerLength, timeNs } = this;
    // A stream that is entered in its middle may begin with a tag.
    const from = this.state === 'start' ? 0 : 1;
    this.lost += lost;
    this.lostBeforeSearch += lost;
    this.resumption += 1;
    this.state = 'search';
    this.headerLength = 0;
    this.window.restart(lost > 0 ? 0 : from);
    // Where the bytes of a header lie is of no interest: none is payload.
    if (lost > 0) this.lost += headerLength;
    else this.window.buffer.push(header, 0, headerLength, frame, timeNs, missingBytes);
  }

  private search(): void {
    const { window } = this;
    const offset = this.find();
    if (offset >= 0) {
      this.skip(offset);
      this.state = 'header';
      this.replay(window.restart(), offset);
    } else if (window.isFull) {
      const dropped = maxSearchBytes / 2;
      this.skip(dropped);
      this.replay(window.drain(), dropped);
    } else window.wait();
  }

  /** The first tag that is followed by its own size and another tag. */
  private find(): number {
    const { bytes, length } = this.window.buffer;
    for (let at = this.window.from; at + flvTagHeaderBytes <= length; at += 1) {
      if (!isTagHeader(bytes, at)) continue;
      const trailer = at + flvTagHeaderBytes + u24be(bytes, at + 1);
      if (trailer + flvTrailerBytes > length) continue;
      if (u32be(bytes, trailer) !== trailer - at) continue;
      const next = trailer + flvTrailerBytes;
      if (next + flvTagHeaderBytes > length || isTagHeader(bytes, next)) return at;
    }
    return -1;
  }

  private settleSearch(): void {
    while (this.state === 'search' && this.window.buffer.length > 0) {
      const offset = this.find();
      const waiting = this.window.restart();
      this.skip(offset < 0 ? waiting.length : offset);
      if (offset < 0) return;
      this.state = 'header';
      this.replay(waiting, offset);
    }
    if (this.state === 'start' && this.headerLength > 0) this.loseSync(0);
  }

  private replay(from: PieceBuffer, offset: number): void {
    const { frame, timeNs } = this;
    from.replay(offset, from.length, (bytes, start, end, f, t, address) => this.push(bytes, start, end, f, t, address));
    this.frame = frame;
    this.timeNs = timeNs;
  }

  private skip(length: number): void {
    const lost = this.lostBeforeSearch;
    this.lostBeforeSearch = 0;
    this.lost += length;
    if (lost > 0 || length > 0) this.listener.onLoss?.(lost, length, this.frame);
  }
}

/** Type with the bit of encryption allowed, and the stream id that is always 0 (E.4.1). */
function isTagHeader(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at] & 0x1f;
  const isType = type === FlvTagType.audio || type === FlvTagType.video || type === FlvTagType.script;
  return isType && (bytes[at] & 0xc0) === 0 && u24be(bytes, at + 8) === 0;
}
