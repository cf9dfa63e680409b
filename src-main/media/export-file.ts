import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { au } from '#engine/containers/au';
import { wav } from '#engine/containers/wav';
import { RpcFailure } from '../workers/rpc/protocol';
import { runFfmpeg } from './ffmpeg/run';
import { planRender, type RenderPlan } from './lanes';
import { payloadUses } from './playability';
import { playOrder } from '#engine/analysis/rtp/play-order';
import { factsOf, type RenderFacts, type RenderOptions, renderBlocks, renderFile } from './render';
import { withSounds } from './sound/stream-sounds';
import { type MediaInput, withReader } from './source';

const rawBufferBytes = 1 << 20;

/** Formats that can be written in this version. */
export type FileFormat = 'wav' | 'au' | 'mp4' | 'raw';

export interface ExportRequest {
  readonly format: FileFormat;
  /** File to be written; it must not exist. */
  readonly path: string;
  /** Needed for `mp4`. */
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
}

type Written = Omit<ExportedFile, 'bytes' | 'sha256'>;

/** Writes a call or a stream in the format asked for. Leaves no file behind when that fails or is cancelled. */
export async function exportFile(
  input: MediaInput,
  request: ExportRequest,
  options: RenderOptions,
): Promise<ExportedFile> {
  try {
    const written = await (request.format === 'raw' ? writeRaw : writeAudio)(input, request, options);
    options.signal?.throwIfAborted();
    return { ...written, bytes: (await stat(request.path)).size, sha256: await hashFile(request.path) };
  } catch (error) {
    await rm(request.path, { force: true });
    throw error;
  }
}

function writeAudio(input: MediaInput, request: ExportRequest, options: RenderOptions): Promise<Written> {
  return withReader(input, (reader) =>
    withSounds(input, reader, options, async (source, rest) => {
      const plan = planRender(source, reader);
      const { format, path } = request;
      if (format === 'mp4') await writeMp4(plan, request, (sink) => renderBlocks(plan, reader, sink, rest), rest);
      else await renderFile(plan, reader, format === 'au' ? au : wav, path, rest);
      const { packets, lostPackets, duplicatePackets, truncatedPackets, unplayablePackets, ...facts } = factsOf(plan);
      return {
        mime: format === 'mp4' ? 'audio/mp4' : (format === 'au' ? au : wav).mime,
        audio: facts,
        packets,
        lostPackets,
        duplicatePackets,
        truncatedPackets,
        unplayablePackets,
      };
    }),
  );
}

/**
 * AAC LC in MP4. The muxer takes the encoder's priming samples out of the presentation by an edit list, so that the
 * duration is that of the audio. Nothing that differs from run to run is written.
 */
async function writeMp4(
  plan: RenderPlan,
  { path, ffmpegPath }: ExportRequest,
  render: (sink: (block: Int16Array) => Promise<void>) => Promise<void>,
  { signal, onProgress }: RenderOptions,
): Promise<void> {
  if (!ffmpegPath) throw new Error('MP4 needs ffmpeg');
  const durationSeconds = plan.samples / plan.sampleRateHz;
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...['-f', 's16le', '-ar', String(plan.sampleRateHz), '-ac', String(plan.channels), '-i', 'pipe:0'],
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
      ...['-c:a', 'aac', '-movflags', '+faststart', '-f', 'mp4'],
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

/**
 * The payloads of one stream, one after the other in the order of play, duplicates left out: nothing is decoded, no
 * gap is filled. Digits and comfort noise are no part of it.
 */
async function writeRaw(input: MediaInput, { path }: ExportRequest, options: RenderOptions): Promise<Written> {
  const [stream] = input.streams;
  if (input.kind === 'call' || !stream) {
    throw new RpcFailure({
      code: 'format-needs-stream',
      message: 'Raw payload can be saved of a stream, not of a call: its streams would be mixed up.',
      hint: 'Export the streams of the call one by one.',
    });
  }
  const uses = payloadUses(stream);
  const { packets, duplicates } = playOrder(stream);
  const media = packets.filter((packet) => {
    const role = uses.get(stream.payloadType[packet])?.codec?.role ?? 'media';
    return role === 'media';
  });
  await withReader(input, async (reader) => {
    const file = await open(path, 'wx');
    try {
      const buffer = new Uint8Array(rawBufferBytes);
      let filled = 0;
      for (let k = 0; k < media.length; k += 1) {
        const payload = reader.read(stream, media[k]);
        if (filled + payload.length > buffer.length) {
          options.signal?.throwIfAborted();
          await file.appendFile(buffer.subarray(0, filled));
          options.onProgress?.(k / media.length);
          filled = 0;
        }
        buffer.set(payload, filled);
        filled += payload.length;
      }
      await file.appendFile(buffer.subarray(0, filled));
    } finally {
      await file.close();
    }
  });
  const frames = media.map((packet) => stream.frame[packet]);
  return {
    mime: 'application/octet-stream',
    audio: null,
    packets: {
      first: frames.reduce((a, b) => Math.min(a, b), frames[0] ?? 0),
      last: frames.reduce((a, b) => Math.max(a, b), 0),
      count: media.length,
    },
    lostPackets: lostIn(packets, stream),
    duplicatePackets: duplicates.length,
    truncatedPackets: media.reduce((n, packet) => n + (stream.payloadMissing[packet] > 0 ? 1 : 0), 0),
    unplayablePackets: 0,
  };
}

function lostIn(packets: Uint32Array, { segment, sequence }: MediaInput['streams'][number]): number {
  let lost = 0;
  for (let k = 1; k < packets.length; k += 1) {
    if (segment[packets[k]] === segment[packets[k - 1]]) lost += sequence[packets[k]] - sequence[packets[k - 1]] - 1;
  }
  return lost;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
