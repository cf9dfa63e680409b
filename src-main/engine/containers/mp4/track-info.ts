import type { ExtentReader } from '../../bytes/extent-reader';
import { u16be, u32be } from '../../bytes/integers';
import { type Box, bodyOf, boxesIn, findBox } from './boxes';

/** What a track box says of its samples (ISO/IEC 14496-12, section 8.3). */
export interface Mp4TrackInfo {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  /** Encoding name as in RTP: `H264`, `AAC`; the four letters of the sample entry when it is another one. */
  readonly codec: string;
  readonly framing: 'length-prefixed' | 'raw';
  readonly config: Uint8Array | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  /** Ticks a second. */
  readonly timescale: number;
  /** Seconds to add to media times for presentation times (edit list, section 8.6.6). */
  readonly shiftSeconds: number;
  /** Samples are encrypted (`encv`, `enca`). */
  readonly isEncrypted: boolean;
}

const codecs: Readonly<Record<string, readonly [codec: string, config: string | null]>> = {
  avc1: ['H264', 'avcC'],
  avc3: ['H264', 'avcC'],
  hvc1: ['H265', 'hvcC'],
  hev1: ['H265', 'hvcC'],
  av01: ['AV1', 'av1C'],
  vp08: ['VP8', null],
  vp09: ['VP9', null],
  mp4v: ['MP4V-ES', null],
  mp4a: ['AAC', null],
  Opus: ['OPUS', 'dOps'],
  'ac-3': ['AC3', null],
  'ec-3': ['EAC3', null],
  '.mp3': ['MPA', null],
  jpeg: ['JPEG', null],
};

/** Fixed parts of sample entries before the boxes in them (sections 12.1.3 and 12.2.3). */
const visualEntry = 78;
const audioEntry = 28;

/** Reads a track of picture or sound; null for others and for what is no sound track. */
export function readTrackInfo(reader: ExtentReader, trak: Box, movieTimescale: number): Mp4TrackInfo | null {
  const header = findBox(reader, trak, 'tkhd');
  const mediaHeader = findBox(reader, trak, 'mdia/mdhd');
  const handler = findBox(reader, trak, 'mdia/hdlr');
  const descriptions = findBox(reader, trak, 'mdia/minf/stbl/stsd');
  if (!header || !mediaHeader || !handler || !descriptions) return null;
  const tkhd = bodyOf(reader, header);
  const mdhd = bodyOf(reader, mediaHeader);
  const hdlr = bodyOf(reader, handler);
  if (tkhd.length < 24 || mdhd.length < 24 || hdlr.length < 12) return null;
  const timescale = u32be(mdhd, mdhd[0] === 1 ? 20 : 12);
  const type = String.fromCharCode(...hdlr.subarray(8, 12));
  if (timescale === 0 || (type !== 'vide' && type !== 'soun')) return null;
  const [entry] = boxesIn(reader, descriptions.bodyStart + 8, descriptions.end);
  if (!entry) return null;
  const kind = type === 'vide' ? 'video' : 'audio';
  const fixed = kind === 'video' ? visualEntry : audioEntry;
  const body = bodyOf(reader, entry);
  if (body.length < fixed) return null;
  const inner: Box = { ...entry, bodyStart: entry.bodyStart + fixed };
  const isEncrypted = entry.type === 'encv' || entry.type === 'enca';
  const original = isEncrypted ? originalFormat(reader, inner) : entry.type;
  const [codec, configName] = codecs[original] ?? [original.trim(), null];
  const found = configName === null ? null : findBox(reader, inner, configName);
  const elementary = original === 'mp4a' || original === 'mp4v' ? findBox(reader, inner, 'esds') : null;
  const descriptor = elementary ? readDescriptor(bodyOf(reader, elementary)) : null;
  return {
    id: u32be(tkhd, tkhd[0] === 1 ? 20 : 12),
    kind,
    codec: descriptor?.objectType === 0x6b || descriptor?.objectType === 0x69 ? 'MPA' : codec,
    framing: codec === 'H264' || codec === 'H265' ? 'length-prefixed' : 'raw',
    config: found ? bodyOf(reader, found) : (descriptor?.config ?? null),
    width: kind === 'video' ? u16be(body, 24) : null,
    height: kind === 'video' ? u16be(body, 26) : null,
    channels: kind === 'audio' ? u16be(body, 16) : null,
    sampleRateHz: kind === 'audio' ? u16be(body, 24) || timescale : null,
    timescale,
    shiftSeconds: editShift(reader, trak, movieTimescale, timescale),
    isEncrypted,
  };
}

function originalFormat(reader: ExtentReader, entry: Box): string {
  const box = findBox(reader, entry, 'sinf/frma');
  const body = box ? bodyOf(reader, box) : null;
  return body && body.length >= 4 ? String.fromCharCode(...body.subarray(0, 4)) : '????';
}

/** An empty edit delays the track; the next one says at which media time it begins. */
function editShift(reader: ExtentReader, trak: Box, movieTimescale: number, timescale: number): number {
  const box = findBox(reader, trak, 'edts/elst');
  const body = box ? bodyOf(reader, box) : null;
  if (!body || body.length < 8) return 0;
  const isLong = body[0] === 1;
  const step = isLong ? 20 : 12;
  const count = Math.min(2, u32be(body, 4), Math.floor((body.length - 8) / step));
  let delay = 0;
  for (let i = 0; i < count; i += 1) {
    const at = 8 + i * step;
    const duration = isLong ? u32be(body, at) * 2 ** 32 + u32be(body, at + 4) : u32be(body, at);
    const high = isLong ? u32be(body, at + 8) | 0 : u32be(body, at + 4) | 0;
    const mediaTime = isLong ? high * 2 ** 32 + u32be(body, at + 12) : high;
    if (mediaTime >= 0) return delay - mediaTime / timescale;
    delay += movieTimescale > 0 ? duration / movieTimescale : 0;
  }
  return delay;
}

/** DecoderConfigDescriptor in an `esds` box (ISO/IEC 14496-1, section 7.2.6.6). */
function readDescriptor(body: Uint8Array): { readonly objectType: number; readonly config: Uint8Array | null } | null {
  let at = 4;
  let objectType = -1;
  for (let i = 0; i < 16 && at + 2 <= body.length; i += 1) {
    const tag = body[at];
    let length = 0;
    at += 1;
    for (let k = 0; k < 4 && at < body.length; k += 1) {
      const byte = body[at];
      at += 1;
      length = (length << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    if (tag === 0x03) {
      const flags = body[at + 2] ?? 0;
      at += 3 + ((flags & 0x80) !== 0 ? 2 : 0);
      if ((flags & 0x40) !== 0) at += 1 + (body[at] ?? 0);
      if ((flags & 0x20) !== 0) at += 2;
    } else if (tag === 0x04) {
      objectType = body[at] ?? -1;
      at += 13;
    } else if (tag === 0x05) {
      return { objectType, config: body.slice(at, at + length) };
    } else at += length;
  }
  return objectType < 0 ? null : { objectType, config: null };
}
