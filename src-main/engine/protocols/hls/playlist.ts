import * as parser from 'hls-parser';
import { resolveUrl } from '../../bytes/url';

/** Bytes `[offset, offset + length)` of what lies at an address. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface InitSection {
  readonly url: string;
  readonly byteRange: ByteRange | null;
}

/** How segments are encrypted (RFC 8216, section 4.3.2.4). */
export interface SegmentKey {
  /** `AES-128`, `SAMPLE-AES`. */
  readonly method: string;
  readonly url: string | null;
  /** 16 bytes; null when the sequence number stands for it (section 5.2). */
  readonly iv: Uint8Array | null;
}

export interface PlaylistSegment {
  /** Media sequence number (RFC 8216, section 4.3.3.2). */
  readonly sequence: number;
  readonly url: string;
  readonly byteRange: ByteRange | null;
  readonly durationSeconds: number;
  /** Segments of different numbers have clocks of their own. */
  readonly discontinuitySequence: number;
  readonly init: InitSection | null;
  readonly key: SegmentKey | null;
}

/** A media playlist as it was at one moment; addresses are absolute. */
export interface MediaPlaylist {
  readonly kind: 'media';
  readonly url: string;
  readonly targetDurationSeconds: number;
  readonly isEnded: boolean;
  readonly segments: readonly PlaylistSegment[];
}

export interface Variant {
  readonly url: string;
  readonly bandwidth: number;
  readonly codecs: string | null;
  readonly width: number | null;
  readonly height: number | null;
  /** Playlists of sound that belongs to it; empty when it is in the variant. */
  readonly audio: readonly { readonly url: string; readonly name: string; readonly language: string | null }[];
}

export interface MasterPlaylist {
  readonly kind: 'master';
  readonly url: string;
  readonly variants: readonly Variant[];
}

/** More segments of one playlist are not looked at. */
const maxSegments = 100_000;

parser.setOptions({ strictMode: false, silent: true });

/**
 * Reads a playlist that was found at `url` (RFC 8216). Null when it is none that can be understood.
 */
export function parsePlaylist(text: string, url: string): MasterPlaylist | MediaPlaylist | null {
  if (!text.startsWith('#EXTM3U')) return null;
  try {
    const playlist = parser.parse(text) as parser.types.MasterPlaylist | parser.types.MediaPlaylist;
    return playlist.isMasterPlaylist ? masterOf(playlist, url) : mediaOf(playlist, url);
  } catch {
    return null;
  }
}

function masterOf({ variants }: parser.types.MasterPlaylist, base: string): MasterPlaylist {
  return {
    kind: 'master',
    url: base,
    variants: variants
      .filter(({ uri, isIFrameOnly }) => uri && !isIFrameOnly)
      .map(({ uri, bandwidth, codecs, resolution, audio }) => ({
        url: resolveUrl(base, uri),
        bandwidth: numberOr(bandwidth, 0),
        codecs: codecs ?? null,
        width: resolution?.width ?? null,
        height: resolution?.height ?? null,
        audio: audio.flatMap(({ uri: own, name, language }) =>
          own ? [{ url: resolveUrl(base, own), name, language: language ?? null }] : [],
        ),
      })),
  };
}

function mediaOf(playlist: parser.types.MediaPlaylist, base: string): MediaPlaylist {
  return {
    kind: 'media',
    url: base,
    targetDurationSeconds: numberOr(playlist.targetDuration, 0),
    isEnded: playlist.endlist === true,
    segments: playlist.segments
      .slice(0, maxSegments)
      .filter(({ uri }) => uri)
      .map((segment) => ({
        sequence: segment.mediaSequenceNumber,
        url: resolveUrl(base, segment.uri),
        byteRange: rangeOf(segment.byterange),
        durationSeconds: numberOr(segment.duration, 0),
        discontinuitySequence: numberOr(segment.discontinuitySequence, 0),
        init: initOf(segment.map, base),
        key: keyOf(segment.key, base),
      })),
  };
}

/** The parser leaves out what a playlist leaves out, whatever its types say. */
function initOf(map: parser.types.MediaInitializationSection | undefined | null, base: string): InitSection | null {
  return map?.uri ? { url: resolveUrl(base, map.uri), byteRange: rangeOf(map.byterange) } : null;
}

function keyOf(key: parser.types.Key | undefined | null, base: string): SegmentKey | null {
  if (!key || key.method === 'NONE') return null;
  const iv = key.iv ? new Uint8Array(key.iv) : null;
  return {
    method: key.method,
    url: key.uri ? resolveUrl(base, key.uri) : null,
    iv: iv?.length === 16 ? iv : null,
  };
}

function rangeOf(range: { offset?: number; length?: number } | undefined | null): ByteRange | null {
  if (!range || !(numberOr(range.length, 0) > 0)) return null;
  return { offset: numberOr(range.offset, 0), length: numberOr(range.length, 0) };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : otherwise;
}
