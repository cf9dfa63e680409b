import { wav } from '#engine/containers/wav';
import { encodedPcm } from '../mux/audio-track';
import type { Container, MuxAudioCodec, MuxPacket } from '../mux/container-writer';
import type { Pcm, PcmOptions, PictureSound, SoundTrack, SoundTrackRequest } from '../mux/picture-sound';
import type { PayloadReader } from '../payload-reader';
import { audioFrames } from './audio-frames';
import { type CodedSound, decoderEntry, keptSound } from './coded-sound';
import { decodeTrack, type TrackPcm } from './decode-track';

/** What the containers take, as far as players know it there. */
const taken: Readonly<Record<Container, readonly MuxAudioCodec[]>> = {
  mp4: ['aac', 'mp3', 'opus', 'ac3', 'eac3'],
  mkv: ['aac', 'mp3', 'opus', 'ac3', 'eac3'],
  webm: ['opus'],
};
/** What Chromium decodes. */
const playable: readonly MuxAudioCodec[] = ['aac', 'mp3', 'opus'];

/** Sound of coded samples beside their picture: both have their times from one clock. */
export class SampleSound implements PictureSound {
  constructor(
    private readonly sound: CodedSound,
    private readonly reader: PayloadReader,
  ) {}

  get firstSeconds(): number {
    return this.sound.firstSeconds;
  }

  get durationSeconds(): number {
    return this.sound.endSeconds - this.sound.firstSeconds;
  }

  get isDecodable(): boolean {
    return decoderEntry(this.sound) !== null;
  }

  get sync() {
    const { streamId, codec } = this.sound.track;
    return { streamId, codec, basis: 'container', uncertaintyMs: 0 } as const;
  }

  get options() {
    const { track, frames, assumed } = this.sound;
    const facts = { audio: track.streamId, audioSync: 'container', audioFrames: frames };
    return assumed === null ? facts : { ...facts, audioAssumed: assumed };
  }

  async soundTrack(request: SoundTrackRequest): Promise<SoundTrack | null> {
    const { container, isForPlaying, ffmpegPath, originSeconds, signal } = request;
    const kept = keptSound(this.sound);
    const isKept = kept && taken[container].includes(kept.codec) && (!isForPlaying || playable.includes(kept.codec));
    if (isKept) return { track: { ...kept, packets: this.packets(originSeconds) }, isCaptured: true };
    const pcm = await this.pcm({ ffmpegPath, signal });
    if (!ffmpegPath || !pcm) return null;
    try {
      const codec = container === 'webm' ? 'opus' : isForPlaying ? 'flac' : 'aac';
      return { track: await encodedPcm(pcm, codec, { ...request, ffmpegPath }), isCaptured: false };
    } finally {
      pcm.close();
    }
  }

  async pcm({ ffmpegPath, signal }: PcmOptions): Promise<Pcm | null> {
    if (!ffmpegPath || !this.isDecodable) return null;
    const decoded = await decodeTrack(this.sound, this.reader, { ffmpegPath, signal });
    const { sampleRateHz, channels, samples } = decoded;
    return {
      ...{ sampleRateHz, channels, samples, firstSeconds: this.firstSeconds },
      feed: (write) => feedPcm(decoded, write),
      close: () => decoded.close(),
    };
  }

  close(): void {
    // Its reader is the caller's.
  }

  private async *packets(originSeconds: number): AsyncGenerator<MuxPacket> {
    for (const { data, timeSeconds, durationSeconds } of audioFrames(this.sound.track, this.reader)) {
      yield { data, isKey: true, timeSeconds: timeSeconds - originSeconds, durationSeconds };
    }
  }
}

const blockSamples = 16_384;

/** All samples one block after the other; the block is reused. */
export async function eachBlock(pcm: TrackPcm, take: (block: Int16Array) => Promise<void>): Promise<void> {
  const buffer = new Int16Array(blockSamples * pcm.channels);
  for (let from = 0; from < pcm.samples; from += blockSamples) {
    const block = buffer.subarray(0, Math.min(blockSamples, pcm.samples - from) * pcm.channels);
    pcm.read(from, block);
    await take(block);
  }
}

function feedPcm(pcm: TrackPcm, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  const bytes = new Uint8Array(2 * blockSamples * pcm.channels);
  return eachBlock(pcm, (block) => write(bytes.subarray(0, wav.encode(block, bytes))));
}
