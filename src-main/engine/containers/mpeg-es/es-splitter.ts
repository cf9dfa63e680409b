import { ac3Frame, adtsFrame, loasFrame, mpegAudioFrame } from './audio-frames';
import { FrameSplitter, OpusSplitter, PlainSplitter } from './audio-splitters';
import type { EsQueue } from './es-queue';
import type { EsSplitter } from './es-unit';
import { H264Splitter, H265Splitter, Mpeg2Splitter, Mpeg4Splitter } from './video-splitters';

/** Codecs whose streams are split into access units, named as payload formats of RTP are. */
export type EsCodec =
  | 'H264'
  | 'H265'
  | 'MPV'
  | 'MP4V-ES'
  | 'AAC'
  | 'AAC-LATM'
  | 'MPA'
  | 'AC3'
  | 'EAC3'
  | 'OPUS'
  | 'PCMA'
  | 'PCMU';

/** Ticks of 90 kHz that a byte of G.711 lasts. */
const g711Ticks = 90_000 / 8000;

export function createSplitter(codec: EsCodec, queue: EsQueue): EsSplitter {
  switch (codec) {
    case 'H264':
      return new H264Splitter(queue);
    case 'H265':
      return new H265Splitter(queue);
    case 'MPV':
      return new Mpeg2Splitter(queue);
    case 'MP4V-ES':
      return new Mpeg4Splitter(queue);
    case 'AAC':
      return new FrameSplitter(queue, adtsFrame);
    case 'AAC-LATM':
      return new FrameSplitter(queue, loasFrame);
    case 'MPA':
      return new FrameSplitter(queue, mpegAudioFrame);
    case 'AC3':
    case 'EAC3':
      return new FrameSplitter(queue, ac3Frame);
    case 'OPUS':
      return new OpusSplitter(queue);
    case 'PCMA':
    case 'PCMU':
      return new PlainSplitter(queue, g711Ticks);
  }
}
