import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';

export type Container = 'mp4' | 'mkv' | 'webm';
/** Names of the library for what it writes. */
export type MuxVideoCodec = 'avc' | 'hevc' | 'vp8' | 'vp9' | 'av1';
export type MuxAudioCodec = 'aac' | 'opus' | 'mp3' | 'ac3' | 'eac3' | 'flac';

/** An encoded packet on the time axis of the file. */
export interface MuxPacket {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  /** Of presentation; negative parts of audio are not presented. */
  readonly timeSeconds: number;
  readonly durationSeconds: number;
}

export interface VideoTrack {
  readonly codec: MuxVideoCodec;
  /** Of the first packet: RFC 6381 name and size. */
  readonly config: { readonly codec: string; readonly codedWidth: number; readonly codedHeight: number };
  /** Times are multiples of its inverse. */
  readonly clockRateHz: number;
  /** In decoding order, the first one a key. */
  readonly packets: Iterable<MuxPacket> | AsyncIterable<MuxPacket>;
}

export interface AudioTrack {
  readonly codec: MuxAudioCodec;
  readonly config: {
    readonly codec: string;
    readonly sampleRate: number;
    readonly numberOfChannels: number;
    readonly description?: Uint8Array;
  };
  readonly packets: AsyncIterable<MuxPacket>;
}

export const containerMimes: Readonly<Record<Container, string>> = {
  mp4: 'video/mp4',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
};

/**
 * Writes encoded packets into a file as they are, with their times: exact to the clock in MP4, to the millisecond in
 * Matroska and WebM. `onTime` hears how far it is, seconds of the file.
 */
export async function writeContainer(
  container: Container,
  path: string,
  video: VideoTrack,
  audio: AudioTrack | null,
  { signal, onTime }: { readonly signal?: AbortSignal; readonly onTime?: (seconds: number) => void } = {},
): Promise<void> {
  const output = new Output({ format: formatOf(container), target: new FilePathTarget(path) });
  const videoSource = new EncodedVideoPacketSource(video.codec);
  output.addVideoTrack(videoSource, { frameRate: video.clockRateHz });
  const audioSource = audio ? new EncodedAudioPacketSource(audio.codec) : null;
  if (audioSource) output.addAudioTrack(audioSource);
  try {
    await output.start();
    const sound = audio ? audio.packets[Symbol.asyncIterator]() : null;
    let nextSound = (await sound?.next()) ?? { done: true as const, value: undefined };
    let isFirst = true;
    let isFirstSound = true;
    const addSound = async (): Promise<void> => {
      if (nextSound.done || !audio || !sound) return;
      // Matroska has no times before 0: the run-up of the encoder is left out.
      const isRunUp = container !== 'mp4' && nextSound.value.timeSeconds < 0;
      if (isRunUp) {
        nextSound = await sound.next();
        return;
      }
      await audioSource?.add(
        packetOf(nextSound.value),
        isFirstSound ? { decoderConfig: audio.config as never } : undefined,
      );
      isFirstSound = false;
      nextSound = await sound.next();
    };
    for await (const packet of video.packets) {
      signal?.throwIfAborted();
      while (!nextSound.done && nextSound.value.timeSeconds <= packet.timeSeconds) await addSound();
      await videoSource.add(packetOf(packet), isFirst ? { decoderConfig: video.config } : undefined);
      isFirst = false;
      onTime?.(packet.timeSeconds);
    }
    videoSource.close();
    while (!nextSound.done) {
      signal?.throwIfAborted();
      await addSound();
    }
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}

export const audioContainerMimes = { mp4: 'audio/mp4', mkv: 'audio/x-matroska' } as const;

/** Writes sound alone. */
export async function writeAudioContainer(
  container: 'mp4' | 'mkv',
  path: string,
  { codec, config, packets }: AudioTrack,
  signal?: AbortSignal,
): Promise<void> {
  const output = new Output({ format: formatOf(container), target: new FilePathTarget(path) });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source);
  try {
    await output.start();
    let isFirst = true;
    for await (const packet of packets) {
      signal?.throwIfAborted();
      if (container !== 'mp4' && packet.timeSeconds < 0) continue;
      await source.add(packetOf(packet), isFirst ? { decoderConfig: config as never } : undefined);
      isFirst = false;
    }
    source.close();
    await output.finalize();
  } catch (error) {
    await output.cancel().catch(() => undefined);
    throw error;
  }
}

function formatOf(container: Container) {
  switch (container) {
    case 'mp4':
      return new Mp4OutputFormat({ fastStart: false });
    case 'mkv':
      return new MkvOutputFormat();
    case 'webm':
      return new WebMOutputFormat();
  }
}

function packetOf({ data, isKey, timeSeconds, durationSeconds }: MuxPacket): EncodedPacket {
  return new EncodedPacket(data, isKey ? 'key' : 'delta', timeSeconds, Math.max(0, durationSeconds));
}
