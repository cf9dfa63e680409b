import { u16be } from '../../bytes/integers';
import { EsBudget, type EsUnit, PesHeader, PesReader, StreamId } from '../mpeg-es';
import { guessedStream, mappedStream, type PsStreamInfo } from './ps-streams';

/** A start code with what has to be known of it: packs take most. */
const headBytes = 14;
const maxMapBytes = 1024;
/** A packet whose stream no map names is judged by so many bytes. */
const judgedBytes = 48;

export interface PsStream {
  info: PsStreamInfo;
  reader: PesReader | null;
  readonly firstFrame: number;
  firstTimeNs: number;
  lastTimeNs: number;
  /** PES packets, and those that lack bytes. */
  packets: number;
  damagedPackets: number;
  /** PES_packet_length of the last packet, and the largest of all. */
  lastSize: number;
  largestSize: number;
}

export interface PsListener {
  onStream?(stream: PsStream): void;
  /** An access unit: lent. */
  onUnit?(stream: PsStream, unit: EsUnit): void;
}

/** Packets after which a stream that nothing is known of is not judged again. */
const maxJudged = 50;

type State = 'hunt' | 'head' | 'map' | 'skip' | 'judge' | 'payload';

/**
 * Takes a program stream apart (ISO/IEC 13818-1, 2.5; ISO/IEC 11172-1): packs, its map, and the access units of its
 * streams. Bytes are lent; units are told with where their bytes lie.
 */
export class PsDemuxer {
  readonly streams = new Map<number, PsStream>();
  packs = 0;
  /** Of the last pack: units of 50 bytes a second. */
  muxRate = 0;
  /** System clock of the first and the last pack in ticks of 90 kHz; NaN before. */
  firstClock = Number.NaN;
  lastClock = Number.NaN;
  /** Bytes that belong to nothing that is known. */
  strayBytes = 0;
  mapVersion = -1;
  private readonly types = new Map<number, number>();
  private state: State = 'hunt';
  /** Bytes kept: a start code, a map, the beginning of a packet. */
  private readonly kept = new Uint8Array(maxMapBytes + 6);
  private keptLength = 0;
  private readonly keptAddress = new Float64Array(maxMapBytes + 6);
  private keptFrame = 0;
  private keptTime = 0;
  /** Bytes to come of what is open; -1: up to the next start code. */
  private left = 0;
  private stream: PsStream | null = null;

  constructor(
    private readonly listener: PsListener = {},
    private readonly budget = new EsBudget(),
  ) {}

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    for (let at = start; at < end; ) {
      const from = address < 0 ? address : address + at - start;
      if (this.state === 'payload' || this.state === 'skip') {
        const taken = Math.min(end - at, this.left);
        if (this.state === 'payload') this.stream?.reader?.data(bytes, at, at + taken, frame, timeNs, from);
        this.left -= taken;
        at += taken;
        if (this.left === 0) this.toHunt();
      } else {
        if (this.keptLength === 0) {
          this.keptFrame = frame;
          this.keptTime = timeNs;
        }
        this.kept[this.keptLength] = bytes[at];
        this.keptAddress[this.keptLength] = from;
        this.keptLength += 1;
        at += 1;
        this.look();
      }
    }
  }

  /** `length` bytes are lost, as an estimate; 0: nobody knows how many. What follows may be anything. */
  gap(length: number): void {
    const { stream } = this;
    if (stream) {
      stream.reader?.lose(Math.max(length, this.left), false, true);
      stream.damagedPackets += 1;
    }
    // Whole packets of any stream may be among them.
    for (const other of this.streams.values()) if (other !== stream) other.reader?.lose(0, isAtEnd(other), true);
    this.toHunt();
  }

  finish(): void {
    if (this.state === 'judge') this.judge();
    for (const { reader } of this.streams.values()) reader?.flush(true);
    this.toHunt();
  }

  /** Decides with the bytes kept so far. */
  private look(): void {
    switch (this.state) {
      case 'hunt':
        this.hunt();
        break;
      case 'head':
        this.readHead();
        break;
      case 'map':
        if (this.keptLength === this.left) {
          this.readMap();
          this.toHunt();
        }
        break;
      default:
        if (this.keptLength === this.left) this.judge();
    }
  }

  private hunt(): void {
    const { kept, keptLength: length } = this;
    const fits = kept[length - 1] === (length === 3 ? 1 : 0);
    if (length === 4) {
      if (kept[3] >= StreamId.programEnd) this.state = 'head';
      else this.slide();
      this.readHead();
      return;
    }
    if (fits) return;
    this.slide();
  }

  /** Drops the first kept bytes until they may begin a start code again. */
  private slide(): void {
    const { kept } = this;
    do {
      kept.copyWithin(0, 1, this.keptLength);
      this.keptAddress.copyWithin(0, 1, this.keptLength);
      this.keptLength -= 1;
      this.strayBytes += 1;
    } while (this.keptLength > 0 && !this.mayBegin());
  }

  private mayBegin(): boolean {
    for (let i = 0; i < this.keptLength && i < 3; i += 1) if (this.kept[i] !== (i === 2 ? 1 : 0)) return false;
    return true;
  }

  private readHead(): void {
    if (this.state !== 'head') return;
    const { kept, keptLength: length } = this;
    const code = kept[3];
    if (code === StreamId.programEnd) {
      this.toHunt();
      return;
    }
    if (code === StreamId.pack) {
      const isMpeg2 = length > 4 && kept[4] >> 6 === 1;
      if (length < 5 || length < (isMpeg2 ? headBytes : 12)) return;
      this.readPack(isMpeg2);
      this.left = isMpeg2 ? kept[13] & 7 : 0;
      this.toSkip();
      return;
    }
    if (length < 6) return;
    const size = u16be(kept, 4);
    if (code === StreamId.programMap && size <= maxMapBytes) {
      this.state = 'map';
      this.left = 6 + size;
      return;
    }
    this.left = size;
    if (code === StreamId.systemHeader || code === StreamId.padding || code === StreamId.programMap) this.toSkip();
    else this.openPacket(code, size);
  }

  /** Pack header (2.5.3.3; 2.4.3.2 of ISO/IEC 11172-1): the clock and the rate. */
  private readPack(isMpeg2: boolean): void {
    const { kept } = this;
    this.packs += 1;
    if (isMpeg2) {
      const high = ((kept[4] >> 3) & 7) * 2 ** 30;
      const middle = (((kept[4] & 3) << 28) | (kept[5] << 20) | ((kept[6] >> 3) << 15)) >>> 0;
      this.lastClock = high + middle + (((kept[6] & 3) << 13) | (kept[7] << 5) | (kept[8] >> 3));
      this.muxRate = (kept[10] << 14) | (kept[11] << 6) | (kept[12] >> 2);
    } else {
      const low = (kept[5] << 22) | ((kept[6] >> 1) << 15) | (kept[7] << 7) | (kept[8] >> 1);
      this.lastClock = ((kept[4] >> 1) & 7) * 2 ** 30 + low;
      this.muxRate = ((kept[9] & 0x7f) << 15) | (kept[10] << 7) | (kept[11] >> 1);
    }
    if (Number.isNaN(this.firstClock)) this.firstClock = this.lastClock;
  }

  /** Program stream map (2.5.4.1): types by stream id. */
  private readMap(): void {
    const { kept, left } = this;
    const version = kept[6] & 0x1f;
    const isCurrent = (kept[6] & 0x80) !== 0;
    if (left < 16 || !isCurrent) return;
    this.mapVersion = version;
    const end = left - 4;
    let at = 10 + u16be(kept, 8);
    const mapEnd = Math.min(end, at + 2 + u16be(kept, at));
    for (at += 2; at + 4 <= mapEnd; at += 4 + u16be(kept, at + 2)) this.types.set(kept[at + 1], kept[at]);
  }

  private openPacket(streamId: number, size: number): void {
    const known = this.streams.get(streamId);
    const type = this.types.get(streamId);
    if (known && (type === undefined ? isSettled(known) : known.info.streamType === type)) {
      this.begin(known, size);
    } else if (type !== undefined) {
      known?.reader?.flush(true);
      this.begin(this.open(mappedStream(streamId, type)), size);
    } else {
      this.state = 'judge';
      this.left = 6 + Math.min(size, judgedBytes);
      if (this.keptLength === this.left) this.judge();
    }
  }

  /** The stream of a packet that no map names, by the beginning of its payload. */
  private judge(): void {
    const { kept, keptLength } = this;
    const size = u16be(kept, 4);
    const header = new PesHeader();
    const payload = header.read(kept, 0, keptLength) === 1 ? Math.min(header.headerBytes, keptLength) : keptLength;
    this.begin(this.open(guessedStream(kept[3], kept, payload, keptLength)), size);
  }

  private open(info: PsStreamInfo): PsStream {
    const stream: PsStream = {
      info,
      reader: null,
      firstFrame: this.keptFrame,
      firstTimeNs: this.keptTime,
      lastTimeNs: this.keptTime,
      packets: 0,
      damagedPackets: 0,
      lastSize: 0,
      largestSize: 0,
    };
    if (info.codec) {
      const sink = (unit: EsUnit): void => this.listener.onUnit?.(stream, unit);
      stream.reader = new PesReader(info.codec, sink, this.budget, true);
    }
    const before = this.streams.get(info.streamId);
    if (before) stream.packets = before.packets;
    this.streams.set(info.streamId, stream);
    this.listener.onStream?.(stream);
    return stream;
  }

  /** Hands the bytes kept on: they begin a packet of `size` bytes behind its first six. */
  private begin(stream: PsStream, size: number): void {
    const { kept, keptLength, keptFrame, keptTime } = this;
    stream.packets += 1;
    stream.lastTimeNs = keptTime;
    stream.lastSize = size;
    stream.largestSize = Math.max(stream.largestSize, size);
    this.stream = stream;
    const { reader } = stream;
    reader?.start();
    // Each byte may have come from another place.
    for (let i = 0; i < keptLength; ) {
      let end = i + 1;
      while (end < keptLength && this.keptAddress[end] === this.keptAddress[i] + end - i) end += 1;
      reader?.data(kept, i, end, keptFrame, keptTime, this.keptAddress[i]);
      i = end;
    }
    this.left = size - (keptLength - 6);
    this.state = 'payload';
    this.keptLength = 0;
    if (this.left === 0) this.toHunt();
  }

  private toSkip(): void {
    this.state = 'skip';
    this.keptLength = 0;
    if (this.left === 0) this.toHunt();
  }

  private toHunt(): void {
    this.state = 'hunt';
    this.keptLength = 0;
    this.stream = null;
  }
}

const isSettled = ({ info, packets }: PsStream): boolean =>
  info.codec !== null || info.streamType !== null || info.kind === 'data' || packets >= maxJudged;

/**
 * A picture that takes several packets fills all of them but the last. Sound does not go on in the next.
 */
const isAtEnd = ({ info, lastSize, largestSize }: PsStream): boolean => info.kind !== 'video' || lastSize < largestSize;
