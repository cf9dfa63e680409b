import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { playOrder } from '#engine/analysis/rtp/play-order';
import type { StreamFormat } from '#engine/analysis/video/access-units';
import type { Result } from '#shared/base/result';
import { RpcFailure } from '../../workers/rpc/protocol';
import { type Ffmpeg, resolveFfmpeg } from '../ffmpeg/resolve';
import { runFfmpeg } from '../ffmpeg/run';
import type { PayloadReader } from '../payload-reader';
import { CodedStream } from './coded-stream';
import { DecodedSound } from './decoded-sound';
import { readFrameList } from './decoded-frames';
import { decoderInput, ffmpegDecoders } from './decoders';

const feedBytes = 1 << 16;
/** Reason of streams whose frames were all cut off. */
export const cutShort = 'the capture cut its packets short (snaplen)';

export interface DecodeOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
  /** Finds ffmpeg: replaceable in tests. */
  readonly findFfmpeg?: () => Promise<Result<Ffmpeg>>;
}

/** A decoded payload type, or why it is not. */
export type Decoded = { readonly sound: DecodedSound; readonly ffmpegVersion: string } | { readonly reason: string };

/**
 * Decodes all packets of one format of a stream by one run of ffmpeg, into a temporary file that is gone when the
 * result is closed, or the process ends. Rejects when cancelled; other failures are the reason in the answer.
 */
export async function decodeSound(
  stream: RtpMediaIndex,
  format: StreamFormat,
  reader: PayloadReader,
  { signal, onProgress, findFfmpeg = resolveFfmpeg }: DecodeOptions,
): Promise<Decoded> {
  const input = decoderInput(format.codec.id);
  if (!input || !format.codec.createCoding) return { reason: 'no decoder is known for it' };
  const found = await findFfmpeg();
  if (!found.ok) return { reason: `decoding it needs ffmpeg. ${found.error.message}` };
  const available = await ffmpegDecoders(found.value.path);
  const decoder = input.decoders.find((name) => available.has(name));
  if (!decoder) return { reason: `this ffmpeg has no decoder for it (${input.decoders.join(', ')})` };
  const { channels } = format.codec.createCoding(format.parameters);
  const coded = new CodedStream(stream, format, input.file.create({ parameters: format.parameters, channels }));
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-sound-'));
  const samplesPath = join(folder, 'samples');
  const listPath = join(folder, 'frames');
  try {
    await runFfmpeg({
      ffmpegPath: found.value.path,
      args: [
        ...['-max_error_rate', '1', '-flags2', '+skip_manual', '-c:a', decoder, ...input.demuxer, '-i', 'pipe:0'],
        ...['-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 'framecrc', `file:${listPath}`],
        ...['-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 's16le'],
      ],
      outputPath: samplesPath,
      signal,
      feed: (write) => feed(coded.write(reader, playOrder(stream)), write),
      onProgress: (seconds) => onProgress?.(Math.min(1, seconds / Math.max(coded.seconds, estimate(stream)))),
    });
    const frames = await readFrameList(listPath);
    if (!frames) return { reason: coded.seconds > 0 ? 'nothing in it can be decoded' : reasonOfNothing(stream) };
    const { sampleRateHz } = frames;
    const fd = openSync(samplesPath, 'r');
    const sound = new DecodedSound({ fd, sampleRateHz, channels: frames.channels }, coded.pieces(frames));
    return { sound, ffmpegVersion: found.value.version };
  } catch (error) {
    if (signal?.aborted || !(error instanceof RpcFailure) || error.failure.code !== 'ffmpeg-failed') throw error;
    return { reason: coded.seconds > 0 ? complaint(error) : reasonOfNothing(stream) };
  } finally {
    // The open file stays readable.
    rmSync(folder, { recursive: true, force: true });
  }
}

function reasonOfNothing({ payloadMissing }: RtpMediaIndex): string {
  return payloadMissing.some((missing) => missing > 0) ? cutShort : 'no packet holds a whole frame';
}

/** The last line that ffmpeg said. */
function complaint({ failure }: RpcFailure): string {
  const lines = failure.message.split('\n').filter((line) => line.trim() !== '');
  return `ffmpeg could not decode it (${(lines.at(-1) ?? '').trim().slice(0, 200)})`;
}

/** Hands over small pieces in larger ones. */
async function feed(pieces: Iterable<Uint8Array>, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  let buffer = new Uint8Array(feedBytes);
  let filled = 0;
  for (const piece of pieces) {
    if (filled + piece.length > buffer.length) {
      await write(buffer.subarray(0, filled));
      filled = 0;
      if (piece.length > buffer.length) buffer = new Uint8Array(2 * piece.length);
    }
    buffer.set(piece, filled);
    filled += piece.length;
  }
  await write(buffer.subarray(0, filled));
}

/** Seconds that the packets of a stream span. */
function estimate({ count, timeNs }: RtpMediaIndex): number {
  return count > 0 ? Math.max(0.02, (timeNs[count - 1] - timeNs[0]) / 1e9) : 1;
}
