import type { ByteRange, InitSection, SegmentKey } from '../../protocols/hls';

/** A piece of media that a playlist or manifest names. */
export interface PlannedSegment {
  /** Media sequence number, or the count within a representation. */
  readonly sequence: number;
  readonly url: string;
  readonly byteRange: ByteRange | null;
  readonly durationSeconds: number;
  /** Segments of different numbers have clocks of their own. */
  readonly discontinuity: number;
  readonly init: InitSection | null;
  readonly key: SegmentKey | null;
}

/** One way to get the media: a variant, or sound of its own. */
export interface Rendition {
  readonly id: string;
  /** `main`: picture, or everything; `audio`: sound that is fetched beside it. */
  readonly role: 'main' | 'audio';
  readonly bandwidth: number;
  readonly codecs: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly language: string | null;
  /** By sequence, ascending, as all playlists of it together tell. */
  readonly segments: readonly PlannedSegment[];
}

/** What one viewer watched: a master playlist or a manifest with all that was fetched for it. */
export interface Presentation {
  readonly kind: 'hls' | 'dash';
  readonly url: string;
  /** Address of the viewer. */
  readonly viewer: string;
  readonly renditions: readonly Rendition[];
  readonly isLive: boolean;
  /** How often a playlist or manifest of it was fetched. */
  readonly playlistRequests: number;
  /** Index of the exchange that brought the first of them. */
  readonly firstExchange: number;
}

/** A playlist or manifest that a viewer got. */
export interface FetchedList<List> {
  readonly viewer: string;
  readonly exchange: number;
  readonly list: List;
}
