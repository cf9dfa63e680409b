import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import type { VideoSourceIndexes } from '#engine/analysis/pipeline/rtp-media';
import type { ClockRelation } from '#engine/analysis/video/companion';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { wav } from '#engine/containers/wav';
import { type CopiedSound, copiedSound } from '../copy-file';
import { runFfmpeg } from '../ffmpeg/run';
import { planRender, type RenderPlan } from '../lanes';
import type { PayloadReader } from '../payload-reader';
import type { SoundStream } from '../playability';
import { renderBlocks } from '../render';
import type { AudioSync } from '#shared/model/video';
import { DecodedStreams } from '../sound/stream-sounds';
import type { AudioTrack, MuxPacket } from './container-writer';
import type { Pcm, PcmInput, PcmOptions, PictureSound, SoundTrack, SoundTrackRequest } from './picture-sound';

/** Sound of a stream that is to stand beside a picture. */
interface SoundPlan {
  readonly index: RtpMediaIndex;
  readonly relation: ClockRelation;
  readonly render: RenderPlan;
  /** Time of the first sample on the axis of the capture, the shift to the picture applied. */
  readonly firstSeconds: number;
  readonly durationSeconds: number;
}

/** Null when the stream cannot be turned into sound: the picture then stands alone. */
function planSound(index: SoundStream, relation: ClockRelation, reader: PayloadReader): SoundPlan | null {
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

export interface EncodeOptions {
  readonly ffmpegPath: string;
  /** File to encode into; the caller removes it. */
  readonly path: string;
  /** Time 0 of the track on the axis of the capture. */
  readonly originSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** Options of ffmpeg; older ones call FLAC in MP4 an experiment. */
const encoders = {
  aac: ['-c:a', 'aac', '-f', 'mp4'],
  opus: ['-c:a', 'libopus', '-f', 'ogg'],
  flac: ['-c:a', 'flac', '-compression_level', '0', '-strict', '-2', '-f', 'mp4'],
} as const;

/** Encodes samples by ffmpeg into a file and gives it as a track. */
export async function encodedPcm(
  { sampleRateHz, channels, firstSeconds, feed }: PcmInput,
  codec: keyof typeof encoders,
  { ffmpegPath, path, originSeconds, signal }: EncodeOptions,
): Promise<AudioTrack> {
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...['-f', 's16le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', 'pipe:0'],
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact', ...encoders[codec]],
    ],
    outputPath: path,
    signal,
    feed,
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

/** Sound of an RTP stream beside its picture; null when there is none that can be decoded. */
export async function rtpSound(
  { audio, relation }: Pick<VideoSourceIndexes, 'audio' | 'relation'>,
  reader: PayloadReader,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<PictureSound | null> {
  if (!audio || !relation) return null;
  const decoded = await DecodedStreams.of([audio], reader, { signal });
  const [sounding] = decoded.streams;
  const planned = sounding ? planSound(sounding, relation, reader) : null;
  if (planned) return new RtpSound(planned, decoded, reader);
  decoded.close();
  return null;
}

class RtpSound implements PictureSound {
  readonly isDecodable = true;
  readonly firstSeconds: number;
  readonly durationSeconds: number;

  constructor(
    private readonly plan: SoundPlan,
    private readonly decoded: { close(): void },
    private readonly reader: PayloadReader,
  ) {
    this.firstSeconds = plan.firstSeconds;
    this.durationSeconds = plan.durationSeconds;
  }

  get sync(): AudioSync {
    const { index, relation } = this.plan;
    const codec = index.bindings[0]?.encodingName ?? 'sound';
    return { streamId: index.streamId, codec, basis: relation.basis, uncertaintyMs: relation.uncertaintyMs };
  }

  get options() {
    const { index, relation } = this.plan;
    return {
      audio: index.streamId,
      audioSync: relation.basis,
      audioShiftMs: Math.round(1000 * relation.audioShiftSeconds) || 0,
      audioUncertaintyMs: relation.uncertaintyMs,
    };
  }

  async soundTrack({ container, isForPlaying, ffmpegPath, ...options }: SoundTrackRequest): Promise<SoundTrack | null> {
    const copied = isForPlaying ? null : copiedSound({ ...this.plan.index, direction: null }, this.reader);
    if (copied && (container !== 'webm' || copied.codec === 'opus')) {
      return { track: { ...copied, packets: this.copied(copied, options.originSeconds) }, isCaptured: true };
    }
    if (!ffmpegPath) return null;
    // Lossless sound is made far faster.
    const codec = container === 'webm' ? 'opus' : isForPlaying ? 'flac' : 'aac';
    const input = await this.pcm(options);
    return { track: await encodedPcm(input, codec, { ...options, ffmpegPath }), isCaptured: false };
  }

  private async *copied({ packets }: CopiedSound, originSeconds: number): AsyncGenerator<MuxPacket> {
    const shift = this.firstSeconds - originSeconds;
    for (const { timeSeconds, ...packet } of packets()) {
      yield { ...packet, isKey: true, timeSeconds: timeSeconds + shift };
    }
  }

  pcm({ signal }: PcmOptions): Promise<Pcm> {
    const { render } = this.plan;
    const { reader, firstSeconds } = this;
    const feed: PcmInput['feed'] = (write) => {
      let bytes = new Uint8Array(0);
      const take = async (block: Int16Array): Promise<void> => {
        if (bytes.length < 2 * block.length) bytes = new Uint8Array(2 * block.length);
        await write(bytes.subarray(0, wav.encode(block, bytes)));
      };
      return renderBlocks(render, reader, take, { signal });
    };
    const { sampleRateHz, channels, samples } = render;
    return Promise.resolve({ sampleRateHz, channels, samples, firstSeconds, feed, close: () => undefined });
  }

  close(): void {
    this.decoded.close();
  }
}
