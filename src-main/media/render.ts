import { type FileHandle, open } from 'node:fs/promises';
import type { PcmContainer } from '#engine/containers/pcm-container';
import type { PlayerMarker } from '#shared/model/player';
import { RpcFailure } from '../workers/rpc/protocol';
import { mediaNames, type RenderPlan } from './lanes';
import { Mixer } from './mixer';
import type { PayloadReader } from './payload-reader';
import type { PeakCollector } from './peaks';

/** Samples a channel that are computed at a time: memory stays bounded however long the audio is. */
const blockSamples = 16_384;

export interface RenderOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Facts about audio that was rendered. */
export interface RenderFacts {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples a channel. */
  readonly samples: number;
  readonly durationSeconds: number;
  /** Where sample 0 lies in the capture, seconds since its first frame. */
  readonly startSeconds: number;
  /** Frames of the capture that the audio was made from. */
  readonly packets: { readonly first: number; readonly last: number; readonly count: number };
  readonly lostPackets: number;
  readonly duplicatePackets: number;
  readonly truncatedPackets: number;
  /** Packets of formats that cannot be decoded: their time is silent. */
  readonly unplayablePackets: number;
}

/** One output channel as it is drawn. */
export interface RenderedLane {
  /** Empty when this side of the call sent nothing that sounds. */
  readonly streamId: string;
  readonly label: string;
  readonly codec: string;
  readonly peaks: Float32Array;
  readonly markers: readonly PlayerMarker[];
}

/** Computes the audio of a plan and hands it over block by block; the block is reused. */
export async function renderBlocks(
  plan: RenderPlan,
  reader: PayloadReader,
  sink: (block: Int16Array) => Promise<void>,
  { signal, onProgress }: RenderOptions = {},
): Promise<void> {
  const mixer = new Mixer(plan, reader);
  const buffer = new Int16Array(blockSamples * plan.channels);
  for (let from = 0; from < plan.samples; from += blockSamples) {
    signal?.throwIfAborted();
    const frames = Math.min(blockSamples, plan.samples - from);
    const block = buffer.subarray(0, frames * plan.channels);
    mixer.render(from, frames, block);
    await sink(block);
    onProgress?.((from + frames) / plan.samples);
  }
  signal?.throwIfAborted();
}

/** Writes the audio of a plan as a file; `onBlock` sees every block. The file is the caller's to remove on failure. */
export async function renderFile(
  plan: RenderPlan,
  reader: PayloadReader,
  container: PcmContainer,
  path: string,
  options: RenderOptions & { readonly onBlock?: (block: Int16Array) => void } = {},
): Promise<void> {
  refuseTooLong(plan, container);
  const file = await open(path, 'wx');
  try {
    let position = await write(file, container.header(plan, 0), 0);
    const bytes = new Uint8Array(2 * blockSamples * plan.channels);
    await renderBlocks(
      plan,
      reader,
      async (block) => {
        options.onBlock?.(block);
        position += await write(file, bytes.subarray(0, container.encode(block, bytes)), position);
      },
      options,
    );
    await write(file, container.header(plan, plan.samples), 0);
  } finally {
    await file.close();
  }
}

async function write(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
  return done;
}

function refuseTooLong(plan: RenderPlan, container: PcmContainer): void {
  if (plan.samples * plan.channels * 2 <= container.maxDataBytes) return;
  throw new RpcFailure({
    code: 'audio-too-long',
    message: `The audio is longer than a ${container.extension.toUpperCase()} file can hold (4 GiB).`,
    hint: 'Export the streams one by one, or as MP4.',
  });
}

/** What the audio of a plan is made from. */
export function factsOf(plan: RenderPlan): RenderFacts {
  const placements = plan.lanes.flatMap((lane) => lane.placements);
  const sum = (value: (placement: (typeof placements)[number]) => number): number =>
    placements.reduce((total, placement) => total + value(placement), 0);
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { packet, stream, count } of placements) {
    for (let i = 0; i < count; i += 1) {
      first = Math.min(first, stream.frame[packet[i]]);
      last = Math.max(last, stream.frame[packet[i]]);
    }
  }
  return {
    sampleRateHz: plan.sampleRateHz,
    channels: plan.channels,
    samples: plan.samples,
    durationSeconds: plan.samples / plan.sampleRateHz,
    startSeconds: plan.originNs / 1e9,
    packets: { first, last, count: sum(({ soundPackets }) => soundPackets) },
    lostPackets: sum(({ lost }) => lost),
    duplicatePackets: sum(({ duplicates }) => duplicates),
    truncatedPackets: sum(({ truncated }) => truncated),
    unplayablePackets: sum(({ unplayable }) => unplayable),
  };
}

/** One lane an output channel, with the peaks that were collected while rendering. */
export function lanesOf(plan: RenderPlan, peaks: PeakCollector): RenderedLane[] {
  const rendered: RenderedLane[] = [];
  for (const lane of plan.lanes) {
    const markers = lane.markers.markers();
    const names = lane.placements.flatMap(({ uses }) => mediaNames(uses));
    for (let channel = 0; channel < lane.channels; channel += 1) {
      rendered.push({
        streamId: lane.placements[0]?.stream.streamId ?? '',
        label: lane.channels > 1 ? `${lane.label} · ${channelName(channel, lane.channels)}` : lane.label,
        codec: [...new Set(names)].join(', '),
        peaks: peaks.channel(rendered.length),
        markers,
      });
    }
  }
  return rendered;
}

function channelName(channel: number, channels: number): string {
  return channels === 2 ? ['left', 'right'][channel] : `channel ${channel + 1}`;
}
