import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { RenderSource } from '../lanes';
import { payloadUses, type SoundStream } from '../playability';
import type { PayloadReader } from '../payload-reader';
import type { RenderOptions } from '../render';
import { withoutRedundancy } from './redundancy';
import { type DecodeOptions, type Decoded, decodeSound } from './decode-sound';

/** Streams with the sound of what needs a decoder; to be closed. */
export class DecodedStreams<T extends RtpMediaIndex> {
  private constructor(
    readonly streams: readonly (T & SoundStream)[],
    private readonly decoded: readonly Decoded[],
  ) {}

  /** Decodes what cannot be turned into samples packet by packet; streams without any come back as they are. */
  static async of<T extends RtpMediaIndex>(
    streams: readonly T[],
    reader: PayloadReader,
    options: DecodeOptions,
  ): Promise<DecodedStreams<T>> {
    const bare = streams.map((stream) => withoutRedundancy(stream, reader));
    const jobs = bare.map((stream) => ({
      stream,
      uses: [...payloadUses(stream)].filter(([, { needsDecoder }]) => needsDecoder),
    }));
    const total = jobs.reduce((sum, { uses }) => sum + uses.length, 0);
    const all: Decoded[] = [];
    const prepared: (T & SoundStream)[] = [];
    try {
      for (const { stream, uses } of jobs) {
        const sounds = new Map<number, Decoded>();
        for (const [payloadType, { codec, parameters }] of uses) {
          if (!codec) continue;
          const format = { codec, parameters, payloadTypes: new Set([payloadType]) };
          const done = all.length;
          const onProgress = (fraction: number): void => options.onProgress?.((done + fraction) / total);
          const decoded = await decodeSound(stream, format, reader, { ...options, onProgress });
          all.push(decoded);
          sounds.set(payloadType, decoded);
        }
        prepared.push(sounds.size > 0 ? { ...stream, sounds } : stream);
      }
      return new DecodedStreams(prepared, all);
    } catch (error) {
      closeAll(all);
      throw error;
    }
  }

  get isEmpty(): boolean {
    return this.decoded.length === 0;
  }

  /** Version of the ffmpeg that did it; null when nothing was decoded. */
  get decodedBy(): string | null {
    for (const entry of this.decoded) if ('sound' in entry) return entry.ffmpegVersion;
    return null;
  }

  close(): void {
    closeAll(this.decoded);
  }
}

/** Part of the work that decoding is, where there is something to decode. */
const decodingShare = 0.7;

/**
 * Decodes what cannot be turned into samples packet by packet, for the time that `use` takes. `use` gets the same
 * source with its sounds, and options whose progress begins where decoding ended.
 */
export async function withSounds<T extends RenderSource, R>(
  source: T,
  reader: PayloadReader,
  options: RenderOptions,
  use: (source: T, options: RenderOptions, decodedBy: string | null) => Promise<R>,
): Promise<R> {
  const { signal, onProgress } = options;
  const decoded = await DecodedStreams.of(source.streams, reader, {
    signal,
    onProgress: (fraction) => onProgress?.(decodingShare * fraction),
  });
  try {
    const from = decoded.isEmpty ? 0 : decodingShare;
    return await use(
      { ...source, streams: decoded.streams },
      { signal, onProgress: (fraction) => onProgress?.(from + (1 - from) * fraction) },
      decoded.decodedBy,
    );
  } finally {
    decoded.close();
  }
}

function closeAll(decoded: readonly Decoded[]): void {
  for (const entry of decoded) if ('sound' in entry) entry.sound.close();
}
