import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { au } from '#engine/containers/au';
import { wav } from '#engine/containers/wav';
import { RpcFailure } from '../workers/rpc/protocol';
import { runFfmpeg } from './ffmpeg/run';
import { planRender, type RenderPlan } from './lanes';
import { copyableStream, writeCopy } from './copy-file';
import { audioContainerMimes } from './mux/container-writer';
import { writeRaw } from './raw-file';
import { factsOf, type RenderFacts, type RenderOptions, renderBlocks, renderFile } from './render';
import { withoutRedundancy } from './sound/redundancy';
import { writeRtpdump, writeStreamSdp } from './stream-files';
import { withSounds } from './sound/stream-sounds';
import { type MediaInput, withReader } from './source';

/** Formats that sound can be written in. */
export type FileFormat = 'wav' | 'au' | 'mp4' | 'mkv' | 'raw' | 'rtpdump' | 'sdp';

export interface ExportRequest {
  readonly format: FileFormat;
  /** File to be written; it must not exist. */
  readonly path: string;
  /** For encoding; null where none was found. */
  readonly ffmpegPath: string | null;
}

/** A file that was written, and what it holds. */
export interface ExportedFile {
  readonly mime: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Null for payloads that were not decoded. */
  readonly audio: Pick<RenderFacts, 'sampleRateHz' | 'channels' | 'samples' | 'durationSeconds'> | null;
  readonly packets: RenderFacts['packets'];
  readonly lostPackets: number;
  readonly duplicatePackets: number;
  readonly truncatedPackets: number;
  readonly unplayablePackets: number;
  /** The coded bits as they were captured, nothing was decoded. */
  readonly isCopied: boolean;
  /** Version of the ffmpeg that decoded; null when none did. */
  readonly decodedBy: string | null;
}

export type Written = Omit<ExportedFile, 'bytes' | 'sha256'>;

/** Writes a call or a stream in the format asked for. Leaves no file behind when that fails or is cancelled. */
export async function exportFile(
  input: MediaInput,
  request: ExportRequest,
  options: RenderOptions,
): Promise<ExportedFile> {
  try {
    const written = await write(input, request, options);
    options.signal?.throwIfAborted();
    return { ...written, bytes: (await stat(request.path)).size, sha256: await hashFile(request.path) };
  } catch (error) {
    await rm(request.path, { force: true });
    throw error;
  }
}

async function write(source: MediaInput, request: ExportRequest, options: RenderOptions): Promise<Written> {
  const { format, path } = request;
  if (format === 'rtpdump') return writeRtpdump(source, path, options);
  if (format === 'sdp') return writeStreamSdp(source, path);
  const input = await withReader(source, (reader) =>
    Promise.resolve({ ...source, streams: source.streams.map((stream) => withoutRedundancy(stream, reader)) }),
  );
  if (format === 'raw') return writeRaw(input, path, options);
  const copy = format === 'mp4' || format === 'mkv' ? copyableStream(input) : null;
  const copied = copy && (await writeCopy(input, copy, format as 'mp4' | 'mkv', path, options));
  return copied ?? writeAudio(input, request, options);
}

function writeAudio(input: MediaInput, request: ExportRequest, options: RenderOptions): Promise<Written> {
  return withReader(input, (reader) =>
    withSounds(input, reader, options, async (source, rest, decodedBy) => {
      const plan = planRender(source, reader);
      const { format, path } = request;
      const isEncoded = format === 'mp4' || format === 'mkv';
      if (isEncoded) await writeAac(plan, request, (sink) => renderBlocks(plan, reader, sink, rest), rest);
      else await renderFile(plan, reader, format === 'au' ? au : wav, path, rest);
      const { packets, lostPackets, duplicatePackets, truncatedPackets, unplayablePackets, ...facts } = factsOf(plan);
      return {
        mime: isEncoded ? audioContainerMimes[format] : (format === 'au' ? au : wav).mime,
        audio: facts,
        packets,
        lostPackets,
        duplicatePackets,
        truncatedPackets,
        unplayablePackets,
        isCopied: false,
        decodedBy,
      };
    }),
  );
}

/**
 * AAC LC in MP4 or Matroska. The muxer of MP4 takes the encoder's priming samples out of the presentation by an edit list, so that the
 * duration is that of the audio. Nothing that differs from run to run is written.
 */
async function writeAac(
  plan: RenderPlan,
  { path, format, ffmpegPath }: ExportRequest,
  render: (sink: (block: Int16Array) => Promise<void>) => Promise<void>,
  { signal, onProgress }: RenderOptions,
): Promise<void> {
  if (!ffmpegPath) {
    throw new RpcFailure({
      code: 'ffmpeg-not-found',
      message: `The sound has to be encoded for ${format.toUpperCase()}, and no ffmpeg was found.`,
      hint: 'Install ffmpeg 4.1 or newer, name one with FFMPEG_BIN, or export it as WAV.',
    });
  }
  const durationSeconds = plan.samples / plan.sampleRateHz;
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...['-f', 's16le', '-ar', String(plan.sampleRateHz), '-ac', String(plan.channels), '-i', 'pipe:0'],
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
      ...['-c:a', 'aac', ...(format === 'mkv' ? ['-f', 'matroska'] : ['-movflags', '+faststart', '-f', 'mp4'])],
    ],
    outputPath: path,
    feed: (write) => {
      let bytes = new Uint8Array(0);
      return render(async (block) => {
        if (bytes.length < 2 * block.length) bytes = new Uint8Array(2 * block.length);
        await write(bytes.subarray(0, wav.encode(block, bytes)));
      });
    },
    signal,
    onProgress: (seconds) => onProgress?.(Math.min(1, seconds / durationSeconds)),
  });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
