import { Extents } from '../../bytes/extents';
import type { Direction } from '../../flow/stream-dissector';
import type { RtmpMessage } from '../../protocols/rtmp';
import { Float64Column, Uint32Column } from '../../store/columns';
import { TextPool } from '../calls/text-pool';

export const noMessage = 0xffff_ffff;
/** The message concerns the connection, not one of its streams. */
export const noSession = 0xffff_ffff;
/** A live stream of a day has half as many. */
export const maxMessages = 6_000_000;
/** Different texts that are kept: messages with further ones are named by their type. */
const maxTexts = 50_000;

/** Type of rows that are no messages: parts of the handshake. */
export const handshakeRow = 240;

const cutFlag = 1;
/** It came within an aggregate message. */
const partFlag = 2;
const backFlag = 4;

export interface LoggedMessage {
  readonly index: number;
  readonly connection: number;
  readonly session: number;
  readonly direction: Direction;
  readonly type: number;
  readonly chunkStreamId: number;
  readonly messageStreamId: number;
  readonly timestampMs: number;
  readonly length: number;
  /** Bytes of the payload that are missing. */
  readonly missing: number;
  readonly firstFrame: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly isCut: boolean;
  readonly isPart: boolean;
  readonly label: string;
}

/**
 * All RTMP messages of a capture in columns, some 60 bytes each beside their extents: where a message can be read again,
 * not what it says. Messages of one connection form a chain from the last to the first.
 */
export class MessageLog {
  /** Messages that were not kept. */
  dropped = 0;
  private readonly places = new Extents();
  private readonly placeStart = new Uint32Column();
  private readonly firstFrame = new Uint32Column();
  private readonly frame = new Uint32Column();
  private readonly timeNs = new Float64Column();
  private readonly timestamp = new Uint32Column();
  /** Type, flags, chunk stream. */
  private readonly meta = new Uint32Column();
  private readonly messageStream = new Uint32Column();
  private readonly length = new Uint32Column();
  private readonly connection = new Uint32Column();
  private readonly session = new Uint32Column();
  private readonly label = new Uint32Column();
  private readonly previous = new Uint32Column();
  private readonly texts = new TextPool();
  private textCount = 0;

  get count(): number {
    return this.frame.length;
  }

  /** Appends a message to the connection whose last one is `previous`; `noMessage` when there is no room left. */
  append(
    message: RtmpMessage,
    label: string,
    connection: number,
    session: number,
    previous: number,
    isPart = false,
  ): number {
    const index = this.count;
    if (index >= maxMessages) {
      this.dropped += 1;
      return noMessage;
    }
    this.placeStart.push(this.places.count);
    this.places.seal();
    this.places.pushFrom(message.extents);
    this.firstFrame.push(message.firstFrame);
    this.frame.push(message.frame);
    this.timeNs.push(message.timeNs);
    this.timestamp.push(message.timestampMs);
    const flags = (message.isCut ? cutFlag : 0) | (isPart ? partFlag : 0) | (message.direction === 1 ? backFlag : 0);
    this.meta.push(message.type | (flags << 8) | (Math.min(message.chunkStreamId, 0xffff) << 16));
    this.messageStream.push(message.messageStreamId);
    this.length.push(message.length);
    this.connection.push(connection);
    this.session.push(session);
    this.label.push(this.textNumber(label));
    this.previous.push(previous);
    return index;
  }

  get(index: number): LoggedMessage {
    const meta = this.meta.get(index);
    const flags = (meta >>> 8) & 0xff;
    return {
      index,
      connection: this.connection.get(index),
      session: this.session.get(index),
      direction: this.directionOf(index),
      type: meta & 0xff,
      chunkStreamId: meta >>> 16,
      messageStreamId: this.messageStream.get(index) | 0,
      timestampMs: this.timestamp.get(index),
      length: this.length.get(index),
      missing: this.extents(index).missing,
      firstFrame: this.firstFrame.get(index),
      frame: this.frame.get(index),
      timeNs: this.timeNs.get(index),
      isCut: (flags & cutFlag) !== 0,
      isPart: (flags & partFlag) !== 0,
      label: this.texts.text(this.label.get(index)),
    };
  }

  frameOf(index: number): number {
    return this.frame.get(index);
  }

  typeOf(index: number): number {
    return this.meta.get(index) & 0xff;
  }

  directionOf(index: number): Direction {
    return ((this.meta.get(index) >>> 8) & backFlag) === 0 ? 0 : 1;
  }

  sessionOf(index: number): number {
    return this.session.get(index);
  }

  /** Where the payload lies. */
  extents(index: number): Extents {
    const extents = new Extents();
    const end = index + 1 < this.count ? this.placeStart.get(index + 1) : this.places.count;
    for (let i = this.placeStart.get(index); i < end; i += 1) {
      extents.push(this.places.address[i], this.places.length[i]);
    }
    return extents;
  }

  /** Messages of the chain that ends with `last` which `isWanted` takes, in the order in which they were appended. */
  chain(last: number, isWanted: (index: number) => boolean): Uint32Array {
    let count = 0;
    for (let i = last; i !== noMessage; i = this.previous.get(i)) if (isWanted(i)) count += 1;
    const indexes = new Uint32Array(count);
    for (let i = last; i !== noMessage; i = this.previous.get(i)) {
      if (!isWanted(i)) continue;
      count -= 1;
      indexes[count] = i;
    }
    return indexes;
  }

  private textNumber(text: string): number {
    if (this.textCount < maxTexts) {
      const number = this.texts.number(text);
      this.textCount = Math.max(this.textCount, number + 1);
      return number;
    }
    return this.texts.number('Command');
  }
}
