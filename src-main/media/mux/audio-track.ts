import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import type { ClockRelation } from '#engine/analysis/video/companion';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { wav } from '#engine/containers/wav';
import { runFfmpeg } from '../ffmpeg/run';
import { planRender, type RenderPlan } from '../lanes';
import type { PayloadReader } from '../payload-reader';
import type { SoundStream } from '../playability';
import { renderBlocks } from '../render';
import type { AudioTrack, MuxAudioCodec, MuxPacket } from './container-writer';

/** Sound that is to stand beside a picture. */
export interface SoundPlan {
  readonly index: RtpMediaIndex;
  readonly relation: ClockRelation;
  readonly render: RenderPlan;
  /** Time of the first sample on the axis of the capture, the shift to the picture applied. */
  readonly firstSeconds: number;
  readonly durationSeconds: number;
}

/** Null when the stream cannot be turned into sound: the picture then stands alone. */
export function planSound(index: SoundStream, relation: ClockRelation, reader: PayloadReader): SoundPlan | null {
  try {
    const render = planRender({ kind: 'stream', streams: [{ ...index, direction: null }] }, reader);
    return {
      index,
      relation,
      render,
      firstSeconds: render.originNs / 1e9 + relation.audioShiftSeconds,
      durationSeconds: render.samples / render.sampleRateHz,
    };
  } catch {
    return null;
  }
}

/**
 * Encodes the sound by ffmpeg into the file `path` and gives it as a track, time 0 at `originSeconds` on the axis of
 * the capture.
 */
export async function encodedSound(
  { render, firstSeconds }: SoundPlan,
  codec: MuxAudioCodec,
  reader: PayloadReader,
  {
    ffmpegPath,
    path,
    originSeconds,
    signal,
  }: {
    readonly ffmpegPath: string;
    readonly path: string;
    readonly originSeconds: number;
    readonly signal?: AbortSignal;
  },
): Promise<AudioTrack> {
  const encoder = codec === 'aac' ? ['-c:a', 'aac', '-f', 'mp4'] : ['-c:a', 'libopus', '-f', 'ogg'];
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...['-f', 's16le', '-ar', String(render.sampleRateHz), '-ac', String(render.channels), '-i', 'pipe:0'],
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', ...encoder],
    ],
    outputPath: path,
    signal,
    feed: (write) => {
      let bytes = new Uint8Array(0);
      return renderBlocks(
        render,
        reader,
        async (block) => {
          if (bytes.length < 2 * block.length) bytes = new Uint8Array(2 * block.length);
          await write(bytes.subarray(0, wav.encode(block, bytes)));
        },
        { signal },
      );
    },
  });
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const track = await input.getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('the encoded sound has no track');
  // Times of the encoded file begin before 0 by what the encoder put in front of the first sample.
  const shift = firstSeconds - originSeconds;
  async function* packets(): AsyncGenerator<MuxPacket> {
    if (!track) return;
    for await (const { data, timestamp, duration } of new EncodedPacketSink(track).packets()) {
      yield { data, isKey: true, timeSeconds: timestamp + shift, durationSeconds: duration };
    }
    input.dispose();
  }
  return { codec, config: config as AudioTrack['config'], packets: packets() };
}
