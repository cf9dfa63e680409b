import { execFile } from 'node:child_process';
import { type AudioFileFormat, audioFileFormat, loas } from '#engine/containers/audio-file';

/** How ffmpeg takes a format in. */
export interface DecoderInput {
  readonly file: AudioFileFormat;
  /** Options before the input. */
  readonly demuxer: readonly string[];
  /** Decoders that do it, the best first. */
  readonly decoders: readonly string[];
}

const timeoutMs = 10_000;

const g726 = (demuxer: 'g726' | 'g726le', codeSize: number): Omit<DecoderInput, 'file'> => ({
  demuxer: ['-f', demuxer, '-code_size', String(codeSize), '-ar', '8000'],
  decoders: [demuxer],
});

/** By id of the codec. RFC 3551 packs G.726 from the lowest bit on, which ffmpeg calls little endian. */
const inputs: Readonly<Record<string, Omit<DecoderInput, 'file'> & { readonly file?: AudioFileFormat }>> = {
  g722: { demuxer: ['-f', 'g722'], decoders: ['g722'] },
  'g726-16': g726('g726le', 2),
  'g726-24': g726('g726le', 3),
  'g726-32': g726('g726le', 4),
  'g726-40': g726('g726le', 5),
  'aal2-g726-16': g726('g726', 2),
  'aal2-g726-24': g726('g726', 3),
  'aal2-g726-32': g726('g726', 4),
  'aal2-g726-40': g726('g726', 5),
  g723: { demuxer: ['-f', 'g723_1'], decoders: ['g723_1'] },
  g729: { demuxer: ['-f', 'g729'], decoders: ['g729'] },
  gsm: { demuxer: ['-f', 'gsm'], decoders: ['gsm', 'libgsm'] },
  ilbc: { demuxer: ['-f', 'ilbc'], decoders: ['ilbc', 'libilbc'] },
  speex: { demuxer: ['-f', 'ogg'], decoders: ['libspeex', 'speex'] },
  amr: { demuxer: ['-f', 'amr'], decoders: ['amrnb', 'libopencore_amrnb'] },
  'amr-wb': { demuxer: ['-f', 'amr'], decoders: ['amrwb', 'libopencore_amrwb'] },
  opus: { demuxer: ['-f', 'ogg'], decoders: ['libopus', 'opus'] },
  'mpeg4-generic': { demuxer: ['-f', 'loas'], decoders: ['aac_latm'], file: loas },
  'mp4a-latm': { demuxer: ['-f', 'loas'], decoders: ['aac_latm'], file: loas },
  mpa: { demuxer: ['-f', 'mp3'], decoders: ['mp3float', 'mp3'] },
  ac3: { demuxer: ['-f', 'ac3'], decoders: ['ac3', 'ac3_fixed'] },
  eac3: { demuxer: ['-f', 'eac3'], decoders: ['eac3'] },
};

/** Undefined for what ffmpeg has no way to take. */
export function decoderInput(codecId: string): DecoderInput | undefined {
  const input = inputs[codecId];
  const file = input?.file ?? audioFileFormat(codecId);
  return input && file && { ...input, file };
}

const known = new Map<string, Promise<ReadonlySet<string>>>();

/** Names of the decoders that an ffmpeg has; asked once. Empty when it does not answer. */
export function ffmpegDecoders(path: string): Promise<ReadonlySet<string>> {
  let names = known.get(path);
  if (!names) {
    names = askForDecoders(path);
    known.set(path, names);
  }
  return names;
}

function askForDecoders(path: string): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, windowsHide: true, maxBuffer: 1 << 22 };
    execFile(path, ['-hide_banner', '-decoders'], options, (_, stdout) => {
      // ` A....D amrnb   AMR-NB (Adaptive Multi-Rate NarrowBand)`
      resolve(new Set([...stdout.matchAll(/^ A[.A-Z]{5} (\S+)/gm)].map(([, name]) => name)));
    });
  });
}
