import type { Extents } from '../../bytes/extents';
import type { Direction } from '../../flow/stream-dissector';

/** Message types (RTMP 1.0, sections 5.4 and 7.1). */
export const RtmpType = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  sharedObjectAmf3: 16,
  commandAmf3: 17,
  dataAmf0: 18,
  sharedObjectAmf0: 19,
  commandAmf0: 20,
  aggregate: 22,
} as const;

const knownTypes = new Set<number>(Object.values(RtmpType));

export const isKnownType = (type: number): boolean => knownTypes.has(type);

export const isMediaType = (type: number): boolean => type === RtmpType.audio || type === RtmpType.video;

export const isCommandType = (type: number): boolean => type === RtmpType.commandAmf0 || type === RtmpType.commandAmf3;

export const isDataType = (type: number): boolean => type === RtmpType.dataAmf0 || type === RtmpType.dataAmf3;

/** One message of a chunk stream. It is borrowed with all it holds: whoever keeps something of it copies it. */
export interface RtmpMessage {
  readonly direction: Direction;
  readonly type: number;
  readonly chunkStreamId: number;
  /** `unknownMessageStream` where the header that told it is lost. */
  readonly messageStreamId: number;
  /** Modulo 2^32. */
  readonly timestampMs: number;
  /** False when the timestamp is a difference to a message that was lost. */
  readonly isTimeKnown: boolean;
  /** How often the place in the stream was lost before: differences do not reach across. */
  readonly resumption: number;
  /** Bytes of the payload, those that are missing included. */
  readonly length: number;
  /** Where the payload lies, holes included. */
  readonly extents: Extents;
  /** The first bytes of the payload, `head[0..headLength)`: all of a control message or a command, some of media. */
  readonly head: Uint8Array;
  readonly headLength: number;
  /** Frames that brought its first byte and its last one. */
  readonly firstFrame: number;
  readonly frame: number;
  /** Of the last byte. */
  readonly timeNs: number;
  /** Its end never came: the sender aborted it, or the connection was lost sight of. */
  readonly isCut: boolean;
  /** Bytes of this direction that were lost or could not be understood, between the message before and this one. */
  readonly lostBefore: number;
}

/** Bytes of a payload that are handed on with a message. */
export const mediaHeadBytes = 32;
export const messageHeadBytes = 64 << 10;

export const unknownMessageStream = -1;
