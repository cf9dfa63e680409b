import { u16be } from '../../bytes/integers';
import { type EsCodec, StreamId } from '../mpeg-es';

/** What is known of an elementary stream of a program stream. */
export interface PsStreamInfo {
  readonly streamId: number;
  /** As the program stream map says; null without one. */
  readonly streamType: number | null;
  readonly kind: 'video' | 'audio' | 'data';
  /** Of streams that are taken apart. */
  readonly codec: EsCodec | null;
  readonly name: string;
}

type TypeEntry = readonly [kind: PsStreamInfo['kind'], codec: EsCodec | null, name: string];

/** ISO/IEC 13818-1, table 2-34, and GB/T 28181, C.2 for those from 0x80 on. */
const streamTypes: Readonly<Record<number, TypeEntry>> = {
  0x01: ['video', 'MPV', 'MPEG-1 video'],
  0x02: ['video', 'MPV', 'MPEG-2 video'],
  0x03: ['audio', 'MPA', 'MPEG-1 audio'],
  0x04: ['audio', 'MPA', 'MPEG-2 audio'],
  0x0f: ['audio', 'AAC', 'AAC (ADTS)'],
  0x10: ['video', 'MP4V-ES', 'MPEG-4 Visual'],
  0x11: ['audio', 'AAC-LATM', 'AAC (LATM)'],
  0x1b: ['video', 'H264', 'H.264'],
  0x24: ['video', 'H265', 'H.265'],
  0x80: ['video', null, 'SVAC video'],
  0x90: ['audio', 'PCMA', 'G.711 A-law'],
  0x91: ['audio', 'PCMU', 'G.711 µ-law'],
  0x92: ['audio', null, 'G.722.1'],
  0x93: ['audio', null, 'G.723.1'],
  0x99: ['audio', null, 'G.729'],
  0x9b: ['audio', null, 'SVAC audio'],
};

/** Stream by what its map says. */
export function mappedStream(streamId: number, streamType: number): PsStreamInfo {
  const entry = streamTypes[streamType];
  const [kind, codec, name] = entry ?? [
    kindOf(streamId),
    null,
    `stream type 0x${streamType.toString(16).padStart(2, '0')}`,
  ];
  return { streamId, streamType, kind, codec, name };
}

/** Stream by how the payload of its first PES packet begins: there is no map. */
export function guessedStream(streamId: number, bytes: Uint8Array, start: number, end: number): PsStreamInfo {
  const kind = kindOf(streamId);
  const [codec, name] =
    kind === 'video'
      ? videoOf(bytes, start, end)
      : kind === 'audio'
        ? audioOf(bytes, start, end)
        : [null, privateName(streamId)];
  return { streamId, streamType: null, kind, codec, name };
}

function kindOf(streamId: number): PsStreamInfo['kind'] {
  if (streamId >= StreamId.videoFirst && streamId <= StreamId.videoLast) return 'video';
  return streamId >= StreamId.audioFirst && streamId <= StreamId.audioLast ? 'audio' : 'data';
}

function videoOf(bytes: Uint8Array, start: number, end: number): readonly [EsCodec | null, string] {
  for (let at = start; at + 4 < end && at < start + 8; at += 1) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    const code = bytes[at + 3];
    if (code === 0xb3) return ['MPV', 'MPEG-1 or MPEG-2 video'];
    if (code === 0xb0 || (code >= 0x20 && code <= 0x2f && bytes[at + 4] >> 7 === 0 && bytes[at + 4] !== 1)) {
      return ['MP4V-ES', 'MPEG-4 Visual'];
    }
    const layered = bytes[at + 4] === 1;
    // Video, sequence and picture parameter sets, delimiter of H.265; then those of H.264.
    if (layered && (code === 0x40 || code === 0x42 || code === 0x44 || code === 0x46)) return ['H265', 'H.265'];
    if ((code & 0x1f) === 7 || code === 0x09 || (code & 0x1f) === 5) return ['H264', 'H.264'];
  }
  return [null, 'video without a map'];
}

function audioOf(bytes: Uint8Array, start: number, end: number): readonly [EsCodec | null, string] {
  if (end - start < 4) return [null, 'audio without a map'];
  const sync = u16be(bytes, start);
  if ((sync & 0xfff6) === 0xfff0) return ['AAC', 'AAC (ADTS)'];
  if ((sync & 0xffe0) === 0xffe0 && (sync & 6) !== 0) return ['MPA', 'MPEG audio'];
  return [null, 'audio without a map'];
}

function privateName(streamId: number): string {
  if (streamId === StreamId.private1) return 'private stream 1';
  if (streamId === StreamId.private2) return 'private stream 2';
  return `stream 0x${streamId.toString(16)}`;
}
