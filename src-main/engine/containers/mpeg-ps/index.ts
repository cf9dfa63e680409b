export { PsDemuxer, type PsStream } from './ps-demuxer';
