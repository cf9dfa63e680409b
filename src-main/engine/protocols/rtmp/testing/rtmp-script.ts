import { concat } from '../../../capture/testing/capture-builder';
import type { Direction, StreamChannel } from '../../../flow/stream-dissector';
import { type HandshakeKind, type RtmpListener, rtmpProtocol } from '../rtmp-dissector';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { utf8Bytes } from '../../../bytes/text';

/** Bytes that look random, and are the same each time. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

export function bytesOf32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** C0 and C1, or S0 and S1; `program` is the version that Flash puts where zeros belong. */
export function firstFlight(seed: number, version = 3, program = 0, timeMs = 0): Uint8Array {
  return concat(Uint8Array.of(version), bytesOf32(timeMs), bytesOf32(program), noise(1528, seed));
}

/** C2 or S2: what the other side sent, or something else. */
export function secondFlight(seed: number): Uint8Array {
  return concat(bytesOf32(0), bytesOf32(0), noise(1528, seed));
}

export interface SentMessage {
  readonly type: number;
  readonly payload: Uint8Array;
  readonly timestampMs?: number;
  readonly messageStreamId?: number;
  readonly chunkStreamId?: number;
  /** Header format of its first chunk; 0 when it does not say. */
  readonly format?: 0 | 1 | 2 | 3;
  /** What the timestamp field says in format 1 and 2. */
  readonly deltaMs?: number;
}

/** Writes chunks as senders do. */
export class ChunkWriter {
  chunkSize = 128;
  /** Chunks of format 3 repeat an extended timestamp (section 5.3.1.3), as most senders do. */
  repeatsExtended = true;

  chunks(message: SentMessage): Uint8Array[] {
    const { type, payload, timestampMs = 0, messageStreamId = 1, chunkStreamId = 4, format = 0, deltaMs = 0 } = message;
    const field = format === 0 ? timestampMs : deltaMs;
    const isExtended = field >= 0xffffff;
    const shown = isExtended ? 0xffffff : field;
    const extended = isExtended ? bytesOf32(field) : new Uint8Array(0);
    const time = Uint8Array.of(shown >> 16, shown >> 8, shown);
    const { length } = payload;
    const size = Uint8Array.of(length >> 16, length >> 8, length, type);
    const stream = Uint8Array.of(messageStreamId, messageStreamId >> 8, messageStreamId >> 16, messageStreamId >>> 24);
    const headers = [concat(time, size, stream), concat(time, size), time, new Uint8Array(0)];
    const chunks: Uint8Array[] = [];
    for (let at = 0; at === 0 || at < length; at += this.chunkSize) {
      const first = at === 0;
      const header = first ? headers[format] : new Uint8Array(0);
      const repeated = first ? format !== 3 || this.repeatsExtended : this.repeatsExtended;
      chunks.push(
        concat(
          basicHeader(first ? format : 3, chunkStreamId),
          header,
          repeated ? extended : new Uint8Array(0),
          payload.subarray(at, at + this.chunkSize),
        ),
      );
    }
    return chunks;
  }

  message(message: SentMessage): Uint8Array {
    return concat(...this.chunks(message));
  }
}

function basicHeader(format: number, id: number): Uint8Array {
  const top = format << 6;
  if (id < 64) return Uint8Array.of(top | id);
  if (id < 320) return Uint8Array.of(top, id - 64);
  return Uint8Array.of(top | 1, (id - 64) & 0xff, (id - 64) >> 8);
}

/** AMF0 of plain values. */
export function amf0(...values: readonly unknown[]): Uint8Array {
  return concat(...values.map(amf0Value));
}

function amf0Value(value: unknown): Uint8Array {
  if (typeof value === 'number') {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setFloat64(1, value);
    return bytes;
  }
  if (typeof value === 'boolean') return Uint8Array.of(1, value ? 1 : 0);
  if (typeof value === 'string') return concat(Uint8Array.of(2), shortText(value));
  if (value === null) return Uint8Array.of(5);
  if (Array.isArray(value)) return concat(Uint8Array.of(10), bytesOf32(value.length), ...value.map(amf0Value));
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([name, member]) => concat(shortText(name), amf0Value(member)));
    return concat(Uint8Array.of(3), ...members, Uint8Array.of(0, 0, 9));
  }
  return Uint8Array.of(6);
}

function shortText(text: string): Uint8Array {
  const bytes = utf8Bytes(text);
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length), bytes);
}

/** What a dissector told, copied. */
export interface HeardMessage {
  readonly direction: Direction;
  readonly type: number;
  readonly chunkStreamId: number;
  readonly messageStreamId: number;
  readonly timestampMs: number;
  readonly isTimeKnown: boolean;
  readonly length: number;
  /** Address and length of each piece; -1 for a hole. */
  readonly pieces: readonly (readonly [number, number])[];
  readonly head: readonly number[];
  readonly firstFrame: number;
  readonly frame: number;
  readonly isCut: boolean;
  readonly lostBefore: number;
}

export class Hearer implements RtmpListener {
  readonly messages: HeardMessage[] = [];
  readonly handshakes: string[] = [];
  readonly losses: { direction: Direction; lost: number; skipped: number }[] = [];

  onHandshake(direction: Direction, { version, program }: { version: number; program: string | null }): void {
    this.handshakes.push(`${direction}: ${version} ${program ?? '-'}`);
  }

  onHandshakeEnd(direction: Direction, kind: HandshakeKind): void {
    this.handshakes.push(`${direction}: ${kind}`);
  }

  onMessage(message: Parameters<RtmpListener['onMessage']>[0]): void {
    const { extents, head, headLength, timeNs: _, ...facts } = message;
    const pieces = Array.from({ length: extents.count }, (__, i) => [extents.address[i], extents.length[i]] as const);
    this.messages.push({ ...facts, pieces, head: [...head.subarray(0, headLength)] });
  }

  onLoss(direction: Direction, lost: number, skipped: number): void {
    this.losses.push({ direction, lost, skipped });
  }

  onEnd(): void {}
}

/** A connection that is fed by hand; frames count up from 1, addresses are those of the bytes given so far. */
export function connection(sink: DiagnosticSink) {
  const hearer = new Hearer();
  const claims: string[] = [];
  const channel = {
    flow: 0,
    layers: [],
    sink,
    endpoints: () => ({ source: { address: '10.0.0.1', port: 1 }, destination: { address: '10.0.0.2', port: 2 } }),
    claim: (protocol: string) => void claims.push(protocol),
    keep: () => -1,
    inside: () => {
      throw new Error('nothing inside');
    },
  } satisfies StreamChannel;
  const protocol = rtmpProtocol(() => hearer);
  const dissector = protocol.open(channel);
  let frame = 0;
  const positions = [0, 1e9];
  return {
    hearer,
    claims,
    /** Bytes of a direction in one frame, `step` bytes at a time. */
    send(direction: Direction, bytes: Uint8Array, step = bytes.length): void {
      frame += 1;
      for (let at = 0; at < bytes.length; at += step) {
        const end = Math.min(bytes.length, at + step);
        dissector.onData(direction, bytes, at, end, frame, frame * 1e6, positions[direction] + at);
      }
      positions[direction] += bytes.length;
    },
    gap(direction: Direction, length: number): void {
      frame += 1;
      positions[direction] += length;
      dissector.onGap(direction, length, frame, frame * 1e6);
    },
    end(): void {
      dissector.onEnd(0, frame * 1e6);
      dissector.onEnd(1, frame * 1e6);
    },
  };
}
