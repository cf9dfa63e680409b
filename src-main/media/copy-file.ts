import {
  EncodedAudioPacketSource,
  EncodedPacket,
  FilePathTarget,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { playOrder } from '#engine/analysis/rtp/play-order';
import { accessUnits, arrivalSeconds, type StreamFormat } from '#engine/analysis/video/access-units';
import { type AccessUnit, ac3Header, type CodedSpan, mpegAudioHeader, parseAacConfig } from '#engine/codecs/index';
import { opusHead } from '#engine/containers/ogg-audio';
import type { Written } from './export-file';
import { audioContainerMimes } from './mux/container-writer';
import type { PayloadReader } from './payload-reader';
import { payloadUses } from './playability';
import { lostIn } from './raw-file';
import type { RenderOptions } from './render';
import { type MediaInput, withReader } from './source';

type MuxCodec = 'aac' | 'opus' | 'mp3' | 'ac3' | 'eac3';

/** What the containers take, by id of the codec. */
const muxCodecs: Readonly<Record<string, MuxCodec>> = {
  'mpeg4-generic': 'aac',
  'mp4a-latm': 'aac',
  opus: 'opus',
  mpa: 'mp3',
  ac3: 'ac3',
  eac3: 'eac3',
};

interface AudioConfig {
  readonly codec: string;
  readonly sampleRate: number;
  readonly numberOfChannels: number;
  readonly description?: Uint8Array;
}

/** A stream whose coded bits a container can hold. */
export interface Copyable {
  readonly format: StreamFormat;
  readonly codec: MuxCodec;
}

/** Coded sound of a stream as a container takes it. */
export interface CopiedSound {
  readonly codec: MuxCodec;
  readonly config: AudioConfig;
  /** Times count from the first packet. */
  readonly packets: () => Generator<CopiedPacket>;
}

interface CopiedPacket {
  readonly data: Uint8Array;
  readonly timeSeconds: number;
  readonly durationSeconds: number;
}

/** The coded bits of a stream; null for what has to be encoded anew. */
export function copiedSound(stream: MediaInput['streams'][number], reader: PayloadReader): CopiedSound | null {
  const copyable = copyableStream({ kind: 'stream', streams: [stream] });
  if (!copyable) return null;
  const { format, codec } = copyable;
  const first = packets(stream, format, reader).next();
  const config = first.done ? null : configOf(codec, first.value, format);
  if (!config) return null;
  return {
    codec,
    config,
    *packets() {
      for (const { unit, span, timeSeconds } of packets(stream, format, reader)) {
        yield { data: dataOf(unit, codec), timeSeconds, durationSeconds: span.samples / span.sampleRateHz };
      }
    },
  };
}

/** Null for calls, for streams of several formats, and for formats that have to be encoded anew. */
export function copyableStream({ kind, streams }: Pick<MediaInput, 'kind' | 'streams'>): Copyable | null {
  const [stream] = streams;
  if (kind === 'call' || !stream) return null;
  const media = [...payloadUses(stream)].filter(([, { codec }]) => (codec?.role ?? 'media') === 'media');
  const [first] = media;
  const codec = first?.[1].codec;
  const muxCodec = codec && muxCodecs[codec.id];
  if (!muxCodec || media.length > 1) return null;
  return { format: { codec, parameters: first[1].parameters, payloadTypes: new Set([first[0]]) }, codec: muxCodec };
}

/**
 * Writes the coded bits as they are, at the times of their RTP timestamps; after a restart of the sender arrival tells
 * the time. What was lost is a gap. Null, and nothing written, when the bits turn out not to fit the container.
 */
export function writeCopy(
  input: MediaInput,
  { format, codec }: Copyable,
  container: 'mp4' | 'mkv',
  path: string,
  { signal, onProgress }: RenderOptions,
): Promise<Written | null> {
  const [stream] = input.streams;
  return withReader(input, async (reader) => {
    const first = packets(stream, format, reader).next();
    const config = first.done ? null : configOf(codec, first.value, format);
    if (!config) return null;
    const target = new FilePathTarget(path);
    const output = new Output({
      format: container === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new MkvOutputFormat(),
      target,
    });
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source);
    const used = new Set<number>();
    let endSeconds = 0;
    let samples = 0;
    try {
      await output.start();
      for (const { unit, span, timeSeconds } of packets(stream, format, reader)) {
        signal?.throwIfAborted();
        for (const frame of unit.frames) used.add(frame);
        const durationSeconds = span.samples / span.sampleRateHz;
        const packet = new EncodedPacket(dataOf(unit, codec), 'key', timeSeconds, durationSeconds);
        await source.add(packet, endSeconds === 0 ? { decoderConfig: config } : undefined);
        endSeconds = timeSeconds + durationSeconds;
        samples += span.samples;
        onProgress?.(Math.min(1, used.size / stream.count));
      }
      source.close();
      await output.finalize();
    } catch (error) {
      await output.cancel().catch(() => undefined);
      throw error;
    }
    const frames = [...used];
    const order = playOrder(stream);
    return {
      mime: audioContainerMimes[container],
      audio: {
        sampleRateHz: config.sampleRate,
        channels: config.numberOfChannels,
        samples,
        durationSeconds: endSeconds,
      },
      packets: {
        first: frames.reduce((a, b) => Math.min(a, b), frames[0]),
        last: frames.reduce((a, b) => Math.max(a, b), 0),
        count: frames.length,
      },
      lostPackets: lostIn(order.packets, stream),
      duplicatePackets: order.duplicates.length,
      truncatedPackets: stream.payloadMissing.reduce((n, missing) => n + (missing > 0 ? 1 : 0), 0),
      unplayablePackets: 0,
      isCopied: true,
      decodedBy: null,
    };
  });
}

interface TimedUnit {
  readonly unit: AccessUnit;
  readonly span: CodedSpan;
  /** After the first packet. */
  readonly timeSeconds: number;
}

function* packets(
  stream: MediaInput['streams'][number],
  format: StreamFormat,
  reader: PayloadReader,
): Generator<TimedUnit> {
  const { codec, parameters } = format;
  const coding = codec.createCoding?.(parameters);
  if (!coding) return;
  let segmentStart = 0;
  let segmentTimestamp = 0;
  let lastSegment = -1;
  let origin = 0;
  let end = 0;
  for (const { unit, segment } of accessUnits(stream, format, reader)) {
    const span = unit.isDamaged || unit.units.length === 0 ? null : coding.measure(unit);
    if (!span || span.samples === 0) continue;
    if (segment !== lastSegment) {
      const arrival = arrivalSeconds(stream, unit.frames[0]);
      if (lastSegment < 0) origin = arrival;
      segmentStart = Math.max(end, arrival - origin);
      segmentTimestamp = unit.timestamp;
      lastSegment = segment;
    }
    const exact = segmentStart + (unit.timestamp - segmentTimestamp) / parameters.clockRateHz;
    const timeSeconds = Math.max(end, exact);
    end = timeSeconds + span.samples / span.sampleRateHz;
    yield { unit, span, timeSeconds };
  }
}

/** What the container says of the track; null when it cannot hold what the first unit is. */
function configOf(codec: MuxCodec, { unit, span }: TimedUnit, { parameters, codec: { createCoding } }: StreamFormat) {
  const [first, frame] = unit.units;
  switch (codec) {
    case 'aac':
      return aacConfig(first, frame);
    case 'opus': {
      const channels = (createCoding?.(parameters).channels ?? 1) > 1 || first[0] & 4 ? 2 : 1;
      return {
        codec: 'opus',
        sampleRate: 48_000,
        numberOfChannels: channels,
        description: opusHead(channels),
      } satisfies AudioConfig;
    }
    case 'mp3': {
      const header = mpegAudioHeader(first[0] * 2 ** 24 + ((first[1] << 16) | (first[2] << 8) | first[3]));
      if (header?.layer !== 3) return null;
      return { codec: 'mp3', sampleRate: span.sampleRateHz, numberOfChannels: header.channels } satisfies AudioConfig;
    }
    case 'ac3':
    case 'eac3': {
      const header = ac3Header(first, 0);
      if (!header) return null;
      const name = codec === 'ac3' ? 'ac-3' : 'ec-3';
      return { codec: name, sampleRate: header.sampleRateHz, numberOfChannels: header.channels } satisfies AudioConfig;
    }
  }
}

function aacConfig(description: Uint8Array, frame: Uint8Array | undefined): AudioConfig | null {
  const config = frame && parseAacConfig(description);
  if (!config) return null;
  const { objectType, sampleRateHz, channels } = config;
  return { codec: `mp4a.40.${objectType}`, sampleRate: sampleRateHz, numberOfChannels: channels, description };
}

function dataOf({ units }: AccessUnit, codec: MuxCodec): Uint8Array {
  if (codec === 'aac') return units[1];
  if (units.length === 1) return units[0];
  const whole = new Uint8Array(units.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const unit of units) {
    whole.set(unit, at);
    at += unit.length;
  }
  return whole;
}
