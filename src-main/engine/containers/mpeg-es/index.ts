export { ac3Frame, adtsFrame, type AudioFrame, mpegAudioFrame } from './audio-frames';
export { EsBudget } from './es-queue';
export type { EsCodec } from './es-splitter';
export type { EsUnit } from './es-unit';
export { PesHeader, StreamId } from './pes-header';
export { PesReader } from './pes-reader';
