export {
  type ByteRange,
  type InitSection,
  type MasterPlaylist,
  type MediaPlaylist,
  parsePlaylist,
  type PlaylistSegment,
  type SegmentKey,
  type Variant,
} from './playlist';
