import { type FileHandle, open } from 'node:fs/promises';
import { playOrder } from '#engine/analysis/rtp/play-order';
import { accessUnits, type StreamFormat } from '#engine/analysis/video/access-units';
import { type AudioFileFormat, audioFileFormat } from '#engine/containers/audio-file';
import { RpcFailure } from '../workers/rpc/protocol';
import type { Written } from './export-file';
import type { PayloadReader } from './payload-reader';
import { payloadUses } from './playability';
import type { RenderOptions } from './render';
import { type MediaInput, withReader } from './source';

const bufferBytes = 1 << 20;

type Stream = MediaInput['streams'][number];

/**
 * One stream in the natural file of its format (`.amr` with its header, Ogg Opus, ADTS); payloads without such a file,
 * and streams of several formats, are written one after the other. The order is that of play, duplicates are left out,
 * nothing is decoded; digits and comfort noise are no part of it.
 */
export async function writeRaw(input: MediaInput, path: string, options: RenderOptions): Promise<Written> {
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
  const natural = naturalFile(stream);
  await withReader(input, async (reader) => {
    const file = await open(path, 'wx');
    try {
      const pieces = natural ? filePieces(stream, natural, reader) : payloads(stream, media, reader);
      await append(file, pieces, media.length, options);
    } finally {
      await file.close();
    }
  });
  const frames = media.map((packet) => stream.frame[packet]);
  return {
    mime: natural?.file.mime ?? 'application/octet-stream',
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
    isCopied: true,
    decodedBy: null,
  };
}

interface NaturalFile {
  readonly format: StreamFormat;
  readonly file: AudioFileFormat;
}

/** Null when the media of the stream is not all of one format that has files. */
function naturalFile(stream: Stream): NaturalFile | null {
  const uses = [...payloadUses(stream)].filter(([, { codec }]) => (codec?.role ?? 'media') === 'media');
  const [first] = uses;
  if (!first) return null;
  const [, { codec, parameters }] = first;
  const isOne = uses.every(([, use]) => use.codec === codec && use.parameters.fmtp === parameters.fmtp);
  const file = codec?.createCoding && audioFileFormat(codec.id);
  if (!isOne || !codec || !file) return null;
  return { format: { codec, parameters, payloadTypes: new Set(uses.map(([payloadType]) => payloadType)) }, file };
}

function* filePieces(stream: Stream, { format, file }: NaturalFile, reader: PayloadReader): Generator<Uint8Array> {
  const { parameters, codec } = format;
  const coding = codec.createCoding?.(parameters);
  if (!coding) return;
  const output = file.create({ parameters, channels: coding.channels });
  let expected = Number.NaN;
  let lastSegment = -1;
  for (const { unit, segment } of accessUnits(stream, format, reader)) {
    if (unit.isDamaged || unit.units.length === 0) continue;
    const span = coding.measure(unit);
    const isSame = segment === lastSegment && Number.isFinite(expected);
    const gapSeconds = isSame ? (unit.timestamp - expected) / parameters.clockRateHz : 0;
    // Less than a millisecond is rounding of timestamps.
    const silence = gapSeconds > 0.001 ? Math.round(gapSeconds * span.sampleRateHz) : 0;
    yield output.write(unit, span, silence) ?? new Uint8Array(0);
    expected = unit.timestamp + (span.samples / span.sampleRateHz) * parameters.clockRateHz;
    lastSegment = segment;
  }
  yield output.end();
}

function* payloads(stream: Stream, packets: Uint32Array, reader: PayloadReader): Generator<Uint8Array> {
  for (const packet of packets) yield reader.read(stream, packet);
}

async function append(
  file: FileHandle,
  pieces: Iterable<Uint8Array>,
  count: number,
  { signal, onProgress }: RenderOptions,
): Promise<void> {
  let buffer = new Uint8Array(bufferBytes);
  let filled = 0;
  let done = 0;
  for (const piece of pieces) {
    done += 1;
    if (filled + piece.length > buffer.length) {
      signal?.throwIfAborted();
      await file.appendFile(buffer.subarray(0, filled));
      onProgress?.(Math.min(1, done / count));
      filled = 0;
      if (piece.length > buffer.length) buffer = new Uint8Array(2 * piece.length);
    }
    buffer.set(piece, filled);
    filled += piece.length;
  }
  await file.appendFile(buffer.subarray(0, filled));
}

/** Sequence numbers that never came, of packets in the order of play. */
export function lostIn(packets: Uint32Array, { segment, sequence }: Stream): number {
  let lost = 0;
  for (let k = 1; k < packets.length; k += 1) {
    if (segment[packets[k]] === segment[packets[k - 1]]) lost += sequence[packets[k]] - sequence[packets[k - 1]] - 1;
  }
  return lost;
}
