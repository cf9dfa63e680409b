export { visitMp4 } from './samples';
export type { Mp4TrackInfo } from './track-info';
