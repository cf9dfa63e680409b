import { RpcFailure } from '../workers/rpc/protocol';
import { MarkerList } from './marker-list';
import type { PayloadReader } from './payload-reader';
import { firstSoundNs, type Placement, placeStream } from './placement';
import { payloadUses, type SoundStream } from './playability';
import { cutShort } from './sound/decode-sound';

/** Directions of a call, from the caller's point of view. */
export type Direction = 'a-to-b' | 'b-to-a';

/** What is rendered together: all streams of a call, or one stream. */
export interface RenderSource {
  readonly kind: 'call' | 'stream';
  readonly streams: readonly (SoundStream & { readonly direction: Direction | null })[];
}

/** Streams that sound in the same output channels. */
export interface Lane {
  readonly placements: readonly Placement[];
  /** Output channels: one for a direction of a call, for a stream as many as it has. */
  readonly channels: number;
  readonly label: string;
  readonly markers: MarkerList;
}

/** All that is known before the first sample is computed. */
export interface RenderPlan {
  readonly lanes: readonly Lane[];
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples a channel. */
  readonly samples: number;
  /** Arrival of sample 0, nanoseconds since the first frame. */
  readonly originNs: number;
}

/** A day: what is longer than that is a mistake in the times of the capture, and would fill the disk with silence. */
const maxSeconds = 86_400;

/**
 * Decides what sounds where. Sample 0 is the earliest arrival of all lanes, each lane begins at its own. Lanes of
 * a call are one channel each: left the caller, right the callee; a side that sent nothing, or nothing that can be
 * decoded, is silent and says so.
 * Fails with `codec-not-playable` when no stream can be decoded, `payload-not-captured` when only headers were kept,
 * `audio-too-long` past a day.
 */
export function planRender(source: RenderSource, reader: PayloadReader): RenderPlan {
  const playable = source.streams.filter((stream) => firstSoundNs(stream) !== null);
  if (playable.length === 0) throw isCutShort(source) ? notCaptured(source) : notPlayable(source);
  const originNs = Math.min(...playable.map((stream) => firstSoundNs(stream) ?? Number.POSITIVE_INFINITY));
  const lanes =
    source.kind === 'call' ? callLanes(source.streams, originNs, reader) : streamLanes(playable, originNs, reader);
  const placements = lanes.flatMap((lane) => lane.placements);
  if (placements.every(({ capturedSamples }) => capturedSamples === 0)) throw notCaptured(source);
  const seconds = Math.max(...placements.map((placement) => placement.endSeconds));
  if (seconds > maxSeconds) {
    throw new RpcFailure({
      code: 'audio-too-long',
      message: `The audio would last ${Math.round(seconds / 3600)} hours: times or timestamps of the capture leap.`,
      where: whereOf(source),
      hint: 'Export the streams one by one, or save the raw payload.',
    });
  }
  const sampleRateHz = Math.max(...placements.flatMap(soundRates));
  return {
    lanes,
    sampleRateHz,
    channels: lanes.reduce((sum, lane) => sum + lane.channels, 0),
    samples: Math.round(seconds * sampleRateHz),
    originNs,
  };
}

function callLanes(streams: RenderSource['streams'], originNs: number, reader: PayloadReader): Lane[] {
  const sides: readonly { readonly direction: Direction | null; readonly name: string }[] = [
    { direction: 'a-to-b', name: 'Caller' },
    { direction: 'b-to-a', name: 'Callee' },
    { direction: null, name: 'Unknown side' },
  ];
  const lanes: Lane[] = [];
  for (const { direction, name } of sides) {
    const own = streams.filter((stream) => stream.direction === direction && stream.kind !== 'video');
    if (direction === null && own.length === 0) continue;
    const markers = new MarkerList();
    const placements = own.map((stream) => placeStream(stream, originNs, reader, markers));
    const label = `${name} · ${describeSide(placements)}`;
    lanes.push({ placements: [...placements].sort(soundFirst), channels: 1, label, markers });
  }
  return lanes;
}

const soundFirst = (a: Placement, b: Placement): number => Number(b.count > 0) - Number(a.count > 0);

/** The stream that is heard, or why none is. */
function describeSide(placements: readonly Placement[]): string {
  const heard = placements.find(({ count }) => count > 0);
  if (heard) return heard.stream.label;
  const names = placements.filter(({ unplayable }) => unplayable > 0).flatMap(({ uses }) => mediaNames(uses));
  return names.length > 0 ? `${[...new Set(names)].join(', ')} cannot be played` : 'no sound in the capture';
}

/** Names of the formats of a stream, digits left out. */
export function mediaNames(uses: Placement['uses']): string[] {
  return [...uses.values()].filter(({ codec }) => codec?.role !== 'events').map(({ name }) => name);
}

function streamLanes(streams: RenderSource['streams'], originNs: number, reader: PayloadReader): Lane[] {
  return streams.map((stream) => {
    const markers = new MarkerList();
    const placement = placeStream(stream, originNs, reader, markers);
    const channels = [...placement.uses.values()].map(({ sound }) => sound?.channels ?? 0);
    return { placements: [placement], channels: Math.max(...channels), label: stream.label, markers };
  });
}

/** Sampling rates that occur among the packets of a stream. */
export function soundRates({ uses }: Placement): number[] {
  const rates = [...uses.values()].flatMap(({ sound }) => sound?.sampleRateHz ?? []);
  return [...new Set(rates)];
}

function isCutShort({ streams }: RenderSource): boolean {
  return streams.some((stream) => [...payloadUses(stream).values()].some(({ reason }) => reason === cutShort));
}

function notPlayable(source: RenderSource): RpcFailure {
  const uses = source.streams.map((stream) => payloadUses(stream));
  const what = [...new Set(uses.flatMap(mediaNames))].join(', ');
  const reasons = new Set(uses.flatMap((own) => [...own.values()].flatMap(({ reason }) => reason ?? [])));
  const because = reasons.size > 0 ? [...reasons].join('; ') : 'no decoder is known for it';
  return new RpcFailure({
    code: 'codec-not-playable',
    message: what ? `${what} cannot be played: ${because.replace(/\.$/, '')}.` : 'There is no audio in it.',
    where: whereOf(source),
    hint: what ? 'Save the raw payload instead.' : undefined,
  });
}

function notCaptured(source: RenderSource): RpcFailure {
  return new RpcFailure({
    code: 'payload-not-captured',
    message: 'The capture kept the headers of the packets, but no audio (snaplen).',
    where: whereOf(source),
    hint: 'Capture again without a snapshot length.',
  });
}

function whereOf(source: RenderSource): string {
  return source.streams.map(({ streamId }) => streamId).join(', ');
}
