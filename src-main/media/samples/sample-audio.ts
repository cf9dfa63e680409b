import { type FileHandle, open, rm } from 'node:fs/promises';
import type { MediaSamples, SampleTrack } from '#engine/analysis/sessions/media-samples';
import { type AudioFileFormat, audioFileFormat } from '#engine/containers/audio-file';
import { au } from '#engine/containers/au';
import type { PcmContainer } from '#engine/containers/pcm-container';
import { wav } from '#engine/containers/wav';
import { RpcFailure } from '../../workers/rpc/protocol';
import { fileFacts, type MadeFile } from '../made-file';
import { MarkerList } from '../marker-list';
import { audioContainerMimes, writeAudioContainer } from '../mux/container-writer';
import type { SamplesInput } from '../mux/video-file';
import { PayloadReader } from '../payload-reader';
import { PeakCollector } from '../peaks';
import type { PlayerAudio } from '../player-audio';
import { audioCodecOf, audioFrames } from './audio-frames';
import { type CodedSound, surveySound } from './coded-sound';
import { decodeTrack, type TrackPcm } from './decode-track';
import { eachBlock, SampleSound } from './sample-sound';

/** Coded samples, and which of their tracks is meant. */
export interface SampleAudioInput extends SamplesInput {
  /** Of a track, or of the whole: then the first track of sound. */
  readonly sourceId: string;
}

export interface SampleAudioOptions {
  readonly ffmpegPath: string | null;
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

export type SampleAudioFormat = 'wav' | 'au' | 'mp4' | 'mkv' | 'raw';

/** Writes the sound as WAV for the player and collects waveform and markers meanwhile. */
export function renderSampleAudio(
  input: SampleAudioInput,
  path: string,
  options: SampleAudioOptions,
): Promise<PlayerAudio> {
  return withSound(input, path, async (sound, reader) => {
    const pcm = await decodeTrack(sound, reader, options);
    try {
      const { sampleRateHz, channels, samples } = pcm;
      const peaks = new PeakCollector(samples, sampleRateHz, channels);
      await writePcm(pcm, wav, path, { ...options, onBlock: (block) => peaks.push(block) });
      const markers = gapMarkers(pcm, sound);
      const { streamId, codec } = sound.track;
      const label = sound.assumed === null ? input.samples.title : `${input.samples.title} (assumed: ${sound.assumed})`;
      const names = channels === 2 ? ['left', 'right'] : Array.from({ length: channels }, (_, i) => `channel ${i + 1}`);
      return {
        facts: {
          ...{ sampleRateHz, channels, samples, durationSeconds: samples / sampleRateHz },
          ...{ startSeconds: sound.firstSeconds, packets: sound.packets },
          ...{ lostPackets: 0, duplicatePackets: 0, truncatedPackets: 0, unplayablePackets: 0 },
        },
        lanes: Array.from({ length: channels }, (_, i) => ({
          streamId,
          label: channels > 1 ? `${label} · ${names[i]}` : label,
          codec,
          peaks: peaks.channel(i),
          markers,
        })),
      };
    } finally {
      pcm.close();
    }
  });
}

/** Writes the sound for a person. Leaves no file behind when that fails or is cancelled. */
export function exportSampleAudio(
  input: SampleAudioInput,
  format: SampleAudioFormat,
  path: string,
  options: SampleAudioOptions,
): Promise<MadeFile> {
  return withSound(input, path, async (sound, reader) => {
    const { track, packets, firstSeconds, endSeconds, frames, assumed } = sound;
    const common = { packets, frames: null };
    const facts = {
      ...{ audio: track.streamId, audioFrames: frames, startSeconds: firstSeconds },
      ...(assumed !== null && { audioAssumed: assumed }),
    };
    switch (format) {
      case 'wav':
      case 'au': {
        const pcm = await decodeTrack(sound, reader, options);
        try {
          const container = format === 'au' ? au : wav;
          await writePcm(pcm, container, path, options);
          const { sampleRateHz, channels, samples } = pcm;
          return {
            ...{ ...common, mime: container.mime, ...(await fileFacts(path)), usedFfmpeg: true, samples },
            durationSeconds: samples / sampleRateHz,
            options: { ...facts, sampleRateHz, channels, gaps: 'silence' },
          };
        } finally {
          pcm.close();
        }
      }
      case 'mp4':
      case 'mkv': {
        const isKept = await writeContained(sound, reader, format, path, options);
        return {
          ...{ ...common, mime: audioContainerMimes[format], ...(await fileFacts(path)), usedFfmpeg: !isKept },
          ...{ durationSeconds: endSeconds - firstSeconds, samples: null },
          options: { ...facts, audioCodec: isKept ? `${track.codec} as captured` : 'AAC' },
        };
      }
      case 'raw': {
        const file = elementaryFormat(track);
        await writeElementary(sound, reader, file, path, options.signal);
        return {
          ...{
            ...common,
            mime: file?.mime ?? 'application/octet-stream',
            ...(await fileFacts(path)),
            usedFfmpeg: false,
          },
          ...{ durationSeconds: endSeconds - firstSeconds, samples: null, options: facts },
        };
      }
    }
  });
}

/** The track that is heard; null when there is none. */
export function audioTrack({ tracks }: MediaSamples, sourceId: string): SampleTrack | null {
  const sounding = tracks.filter(({ kind }) => kind === 'audio');
  return sounding.find(({ streamId }) => streamId === sourceId) ?? sounding[0] ?? null;
}

/** Kind of file that the frames make by themselves; undefined where there is none. */
export function elementaryFormat(track: SampleTrack): AudioFileFormat | undefined {
  const codec = audioCodecOf(track);
  return audioFileFormat(codec === 'aac' ? 'mpeg4-generic' : codec);
}

async function withSound<T>(
  { samples, sourceId, capturePath, captureBytes }: SampleAudioInput,
  path: string,
  use: (sound: CodedSound, reader: PayloadReader) => Promise<T>,
): Promise<T> {
  const reader = PayloadReader.open(capturePath, captureBytes);
  try {
    const track = audioTrack(samples, sourceId);
    const sound = track && surveySound(track, reader);
    if (!sound) throw noSound(samples, track);
    return await use(sound, reader);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    reader.close();
  }
}

async function writePcm(
  pcm: TrackPcm,
  container: PcmContainer,
  path: string,
  { signal, onBlock }: Pick<SampleAudioOptions, 'signal'> & { readonly onBlock?: (block: Int16Array) => void },
): Promise<void> {
  if (2 * pcm.samples * pcm.channels > container.maxDataBytes) {
    throw new RpcFailure({
      code: 'audio-too-long',
      message: `The audio is longer than a ${container.extension.toUpperCase()} file can hold (4 GiB).`,
      hint: 'Export it as MP4.',
    });
  }
  const file = await open(path, 'wx');
  try {
    await file.appendFile(container.header(pcm, pcm.samples));
    let bytes = new Uint8Array(0);
    await eachBlock(pcm, async (block) => {
      signal?.throwIfAborted();
      onBlock?.(block);
      if (bytes.length < 2 * block.length) bytes = new Uint8Array(2 * block.length);
      await file.appendFile(bytes.subarray(0, container.encode(block, bytes)));
    });
  } finally {
    await file.close();
  }
}

/** Answers whether the frames are in the file as they were captured. */
async function writeContained(
  sound: CodedSound,
  reader: PayloadReader,
  container: 'mp4' | 'mkv',
  path: string,
  { ffmpegPath, signal }: SampleAudioOptions,
): Promise<boolean> {
  const soundPath = `${path}.sound`;
  try {
    const originSeconds = sound.firstSeconds;
    const request = { container, isForPlaying: false, ffmpegPath, path: soundPath, originSeconds, signal };
    const made = await new SampleSound(sound, reader).soundTrack(request);
    if (!made) throw noSound({ sourceId: sound.track.streamId }, sound.track);
    await writeAudioContainer(container, path, made.track, signal);
    return made.isCaptured;
  } finally {
    await rm(soundPath, { force: true });
  }
}

async function writeElementary(
  { track, format }: CodedSound,
  reader: PayloadReader,
  kind: AudioFileFormat | undefined,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const clockRateHz = format.sampleRateHz;
  const made = kind?.create({ parameters: { clockRateHz, channels: format.channels }, channels: format.channels });
  const file = await open(path, 'wx');
  try {
    let end = Number.NaN;
    for (const { data, timeSeconds, durationSeconds, format: own } of audioFrames(track, reader)) {
      signal?.throwIfAborted();
      const { config, sampleRateHz } = own;
      const isAac = audioCodecOf(track) === 'aac';
      const units = isAac && config ? [config, data] : [data];
      const facts = { timestamp: 0, isKey: true, isDamaged: false, followsGap: false, gaps: [], frames: [] };
      const span = { samples: Math.round(durationSeconds * sampleRateHz), sampleRateHz };
      const silence = timeSeconds > end ? Math.round((timeSeconds - end) * sampleRateHz) : 0;
      end = timeSeconds + durationSeconds;
      await append(file, made ? made.write({ ...facts, units }, span, silence) : data);
    }
    await append(file, made?.end() ?? null);
  } finally {
    await file.close();
  }
}

async function append(file: FileHandle, bytes: Uint8Array | null): Promise<void> {
  if (bytes && bytes.length > 0) await file.appendFile(bytes);
}

/** Where nothing sounds because nothing came. */
function gapMarkers(pcm: TrackPcm, { track, firstSeconds }: CodedSound) {
  const markers = new MarkerList();
  const { gaps, sampleRateHz } = pcm;
  for (let i = 0; i < gaps.length; i += 2) {
    const startSeconds = gaps[i] / sampleRateHz;
    const endSeconds = gaps[i + 1] / sampleRateHz;
    const next = track.timeSeconds.findIndex((seconds) => seconds - firstSeconds >= endSeconds - 0.001);
    const frame = track.frame[next] ?? track.frame[track.count - 1] ?? 0;
    markers.add({ kind: 'silence', startSeconds, endSeconds, frame, packets: 0, detail: 'nothing was received' });
  }
  return markers.markers();
}

function noSound({ sourceId }: Pick<MediaSamples, 'sourceId'>, track: SampleTrack | null): RpcFailure {
  return new RpcFailure({
    code: 'codec-not-playable',
    message: track ? `${track.codec || 'Its sound'} cannot be played in this version.` : 'There is no sound in it.',
    where: track?.streamId ?? sourceId,
    hint: 'Save what was sent as it is instead.',
  });
}
