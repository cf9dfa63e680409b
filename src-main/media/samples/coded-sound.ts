import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { type AacConfig, parseAacConfig } from '#engine/codecs/index';
import { type MatroskaAudio, waveFormat } from '#engine/containers/matroska';
import { opusHead } from '#engine/containers/ogg-audio';
import type { AudioTrack, MuxAudioCodec } from '../mux/container-writer';
import type { PayloadReader } from '../payload-reader';
import { audioCodecOf, type AudioFrameFormat, audioFrames } from './audio-frames';

/** The sound of a track, gone through once. */
export interface CodedSound {
  readonly track: SampleTrack;
  /** Of the first frame. */
  readonly format: AudioFrameFormat;
  /** All frames are of one format. */
  readonly isUniform: boolean;
  readonly frames: number;
  /** Of the first frame, on the axis of the capture. */
  readonly firstSeconds: number;
  /** Behind the last one. */
  readonly endSeconds: number;
  /** Frames of the capture. */
  readonly packets: { readonly first: number; readonly last: number; readonly count: number };
  /** What was not captured and had to be assumed; null when nothing had to be. */
  readonly assumed: string | null;
}

/** Null when there is no frame in it that can be told. */
export function surveySound(track: SampleTrack, reader: PayloadReader): CodedSound | null {
  let format: AudioFrameFormat | null = null;
  let isUniform = true;
  let frames = 0;
  let firstSeconds = 0;
  let endSeconds = 0;
  let last = -1;
  let count = 0;
  let firstPacket = Number.POSITIVE_INFINITY;
  let lastPacket = 0;
  for (const frame of audioFrames(track, reader)) {
    if (!format) {
      ({ format } = frame);
      firstSeconds = frame.timeSeconds;
    }
    isUniform &&= isSame(format, frame.format);
    frames += 1;
    endSeconds = frame.timeSeconds + frame.durationSeconds;
    if (frame.sample === last) continue;
    last = frame.sample;
    count += 1;
    const packet = track.frame[last] ?? 0;
    firstPacket = Math.min(firstPacket, packet);
    lastPacket = Math.max(lastPacket, packet);
  }
  if (!format) return null;
  const packets = { first: firstPacket, last: lastPacket, count };
  const isAssumed = audioCodecOf(track) === 'aac' && track.framing === 'raw' && !track.config;
  const assumed = isAssumed ? `AAC LC, ${format.sampleRateHz} Hz, ${format.channels === 1 ? 'mono' : 'stereo'}` : null;
  return { track, format, isUniform, frames, firstSeconds, endSeconds, packets, assumed };
}

function isSame(a: AudioFrameFormat, b: AudioFrameFormat): boolean {
  const isSameConfig = a.config === b.config || (a.config?.length === b.config?.length && isEqual(a.config, b.config));
  return isSameConfig && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels && a.layer === b.layer;
}

function isEqual(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && a.every((byte, i) => byte === b[i]);
}

/** What containers hold the frames as; null for what they do not hold, or not all of. */
export function keptSound({ track, format, isUniform }: CodedSound): Pick<AudioTrack, 'codec' | 'config'> | null {
  if (!isUniform) return null;
  const common = { sampleRate: format.sampleRateHz, numberOfChannels: format.channels };
  switch (audioCodecOf(track)) {
    case 'aac': {
      const aac = aacOf(format);
      if (!aac) return null;
      const { objectType, sampleRateHz, channels, bytes } = aac;
      const codec = `mp4a.40.${objectType}`;
      return kept('aac', { codec, sampleRate: sampleRateHz, numberOfChannels: channels, description: bytes });
    }
    case 'mpa':
      return format.layer === 3 ? kept('mp3', { codec: 'mp3', ...common }) : null;
    case 'ac3':
      return kept('ac3', { codec: 'ac-3', ...common });
    case 'eac3':
      return kept('eac3', { codec: 'ec-3', ...common });
    case 'opus': {
      const description = format.config ?? opusHead(format.channels);
      return kept('opus', { codec: 'opus', ...common, description });
    }
    default:
      return null;
  }
}

function kept(codec: MuxAudioCodec, config: AudioTrack['config']): Pick<AudioTrack, 'codec' | 'config'> {
  return { codec, config };
}

function aacOf({ config }: AudioFrameFormat): AacConfig | null {
  return config && parseAacConfig(config);
}

/** What a decoder is told of the frames; null for formats that no decoder here takes. */
export function decoderEntry({ track, format }: CodedSound): MatroskaAudio | null {
  const { sampleRateHz, channels, config } = format;
  const plain = { sampleRateHz, channels, codecPrivate: null };
  switch (audioCodecOf(track)) {
    case 'aac':
      return { ...plain, codecId: 'A_AAC', codecPrivate: config };
    case 'mpa':
      return { ...plain, codecId: format.layer === 3 ? 'A_MPEG/L3' : 'A_MPEG/L2' };
    case 'ac3':
      return { ...plain, codecId: 'A_AC3' };
    case 'eac3':
      return { ...plain, codecId: 'A_EAC3' };
    case 'opus':
      return { ...plain, codecId: 'A_OPUS', codecPrivate: config ?? opusHead(channels) };
    case 'vorbis':
      return config && { ...plain, codecId: 'A_VORBIS', codecPrivate: config };
    case 'flac':
      return config && { ...plain, codecId: 'A_FLAC', codecPrivate: config };
    case 'pcma':
      return { ...plain, codecId: 'A_MS/ACM', codecPrivate: waveFormat(6, sampleRateHz, channels, 8) };
    case 'pcmu':
      return { ...plain, codecId: 'A_MS/ACM', codecPrivate: waveFormat(7, sampleRateHz, channels, 8) };
    case 'l16':
      return { ...plain, codecId: 'A_PCM/INT/BIG', bitDepth: 16 };
    default:
      return null;
  }
}
