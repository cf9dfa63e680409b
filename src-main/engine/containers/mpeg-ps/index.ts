export { PsDemuxer, type PsListener, type PsStream } from './ps-demuxer';
export type { PsStreamInfo } from './ps-streams';
