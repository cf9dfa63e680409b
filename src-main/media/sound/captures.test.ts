import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterAll, describe, expect, it } from 'vitest';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { capturePath, hasCaptures } from '../../testing/oracles';
import { bindingsOfSdp, boundStreams } from '../../testing/video-captures';
import { exportFile, type FileFormat } from '../export-file';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import { planRender } from '../lanes';
import { PayloadReader } from '../payload-reader';
import { factsOf, renderBlocks } from '../render';
import { withSounds } from './stream-sounds';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-sounds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Truth {
  readonly expected: {
    readonly flow?: string;
    readonly rtp?: { readonly lost: number };
    readonly extracted?: Decoded;
    readonly rtp_streams?: Readonly<Record<string, Decoded>>;
  };
  readonly source: { readonly file: string } | readonly { readonly file: string }[];
}

interface Decoded {
  readonly ssrc?: string;
  readonly pcm_bytes?: number;
  readonly decoded_pcm_bytes?: number;
  readonly pcm_md5?: string;
  readonly decoded_pcm_md5?: string;
  readonly pcm_md5_ffmpeg?: string;
  readonly source_correlation?: number;
}

function truthOf(name: string): Truth {
  return JSON.parse(readFileSync(capturePath(`live/${name}.truth.json`), 'utf8')) as Truth;
}

/** Streams of a capture; what was signalled apart from it is in a file beside. */
function streamsOf(name: string): readonly RtpMediaIndex[] {
  const sdp = capturePath(`live/${name}.sdp`);
  return boundStreams(`live/${name}.pcapng`, existsSync(sdp) ? bindingsOfSdp(sdp) : []).streams;
}

interface Heard {
  readonly samples: Int16Array;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly md5: string;
  readonly facts: ReturnType<typeof factsOf>;
}

async function hear(path: string, stream: RtpMediaIndex): Promise<Heard> {
  const reader = PayloadReader.open(path, 0);
  try {
    const source = { kind: 'stream' as const, streams: [{ ...stream, direction: null }] };
    return await withSounds(source, reader, {}, async (decoded) => {
      const plan = planRender(decoded, reader);
      const samples = new Int16Array(plan.samples * plan.channels);
      let filled = 0;
      await renderBlocks(plan, reader, async (block) => {
        samples.set(block, filled);
        filled += block.length;
      });
      const md5 = createHash('md5').update(new Uint8Array(samples.buffer)).digest('hex');
      return { samples, channels: plan.channels, sampleRateHz: plan.sampleRateHz, md5, facts: factsOf(plan) };
    });
  } finally {
    reader.close();
  }
}

/** First channel of a WAV of the collection, 16 bits, its header being 44 bytes or a little more. */
function sourceSamples(file: string, rateHz: number): Float64Array {
  const bytes = readFileSync(capturePath(`live/${file}`));
  const ownRateHz = bytes.readUInt32LE(24);
  const data = bytes.indexOf('data') + 8;
  const own = new Int16Array(bytes.buffer.slice(bytes.byteOffset + data));
  return Float64Array.from({ length: Math.floor((own.length * rateHz) / ownRateHz) - 1 }, (_, i) => {
    const at = (i * ownRateHz) / rateHz;
    const left = own[Math.floor(at)];
    return left + (at - Math.floor(at)) * ((own[Math.floor(at) + 1] ?? left) - left);
  });
}

/** Highest normalised correlation with one of the sources, over delays of a codec. */
function correlation({ samples, channels, sampleRateHz }: Heard, sources: readonly string[]): number {
  const length = Math.min(Math.floor(samples.length / channels), 4 * sampleRateHz);
  let best = 0;
  for (const file of sources) {
    const source = sourceSamples(file, sampleRateHz);
    for (let delay = 0; delay < 0.03 * sampleRateHz; delay += 1) {
      let cross = 0;
      let a = 0;
      let b = 0;
      for (let i = delay; i < length; i += 4) {
        const x = samples[i * channels];
        const y = source[i - delay];
        cross += x * y;
        a += x * x;
        b += y * y;
      }
      best = Math.max(best, cross / Math.sqrt(a * b));
    }
  }
  return best;
}

const exact = ['g722_ffmpeg', 'g723_pt4', 'g726_16', 'g726_32', 'g726_40', 'ilbc_20ms', 'ilbc_30ms'];
const similar = ['aac_generic_multi_au', 'ac3', 'amr_nb_bandwidth_efficient', 'amr_nb_octet', 'amr_wb_octet'];
const codecCaptures = [...exact, ...similar, 'g729_pt18_ptime20', 'mp3_pt14', 'speex_8k'].map((n) => `codecs/${n}`);
const calls = ['amr_nb', 'amr_wb', 'g722', 'gsm', 'opus', 'ipv6_opus'].map((n) => `voip/baresip_${n}`);
const present = (names: readonly string[]): string[] =>
  hasCaptures ? names.filter((name) => existsSync(capturePath(`live/${name}.pcapng`))) : [];

describe.skipIf(present(codecCaptures).length === 0)('coded audio of real peers', () => {
  it.each(present(codecCaptures))('%s', async (name) => {
    const { expected, source } = truthOf(name);
    const truth = expected.extracted;
    const [stream] = streamsOf(name);
    if (!truth || !stream) throw new Error('nothing to compare');
    const heard = await hear(capturePath(`live/${name}.pcapng`), stream);
    // The truth of stereo is a mix of its equal channels.
    expect(2 * heard.facts.samples).toBe(truth.pcm_bytes);
    expect(heard.facts).toMatchObject({ lostPackets: 0, truncatedPackets: 0, unplayablePackets: 0 });
    // Decoders that compute with integers agree to the bit; the others differ by rounding from version to version.
    if (exact.some((n) => name.endsWith(n))) {
      expect(heard.md5).toBe(truth.pcm_md5);
      return;
    }
    const sources = [source].flat().map(({ file }) => file);
    expect(correlation(heard, sources)).toBeGreaterThan((truth.source_correlation ?? 1) - 0.03);
  });

  it.each(present([...calls, 'voip/sip_g722', 'voip/sip_g729']))('%s', async (name) => {
    const { expected, source } = truthOf(name);
    const streams = streamsOf(name);
    const truths = Object.entries(expected.rtp_streams ?? {});
    expect(streams).toHaveLength(truths.length);
    for (const stream of streams) {
      const [, truth] = truths.find(([key]) => stream.label.includes(flowLabel(key))) ?? [];
      if (!truth) throw new Error(`${stream.label} has no truth`);
      const heard = await hear(capturePath(`live/${name}.pcapng`), stream);
      const bytes = truth.decoded_pcm_bytes ?? truth.pcm_bytes;
      const frame = 2 * heard.channels;
      // The truth of Opus left out the 312 samples that its encoder is late by; here they stay in their time.
      const skipped = name.includes('opus') ? 312 * frame : 0;
      if (bytes !== undefined) expect(frame * heard.facts.samples).toBe(bytes + skipped);
      if (/gsm|g722/.test(name)) expect(heard.md5).toBe(truth.decoded_pcm_md5 ?? truth.pcm_md5);
      const sources = [source].flat().map(({ file }) => file);
      expect(correlation(heard, sources)).toBeGreaterThan((truth.source_correlation ?? 1) - 0.03);
    }
  });
});

/** `2001:db8::1:20000->…` of a truth as rows have it, without its port. */
function flowLabel(key: string): string {
  const [source] = key.split('->');
  const colon = source.lastIndexOf(':');
  const address = source.slice(0, colon);
  return `${address.includes(':') ? `[${address}]` : address}:${source.slice(colon + 1)} → `;
}

interface Probed {
  readonly streams: readonly { codec_name: string; sample_rate: string; channels: number; nb_read_packets: string }[];
  readonly format: { readonly duration: string };
}

async function exported(name: string, format: FileFormat, extension: string): Promise<Probed & { mime: string }> {
  const [stream] = streamsOf(name);
  const path = join(folder, `${name.replace('/', '-')}.${extension}`);
  const ffmpeg = await resolveFfmpeg();
  const input = {
    kind: 'stream' as const,
    streams: [{ ...stream, direction: null }],
    capturePath: capturePath(`live/${name}.pcapng`),
    captureBytes: 0,
  };
  const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : null;
  const { mime } = await exportFile(input, { format, path, ffmpegPath }, {});
  const args = ['-v', 'error', '-of', 'json', '-count_packets', '-show_streams', '-show_format', path];
  return { ...(JSON.parse(execFileSync(ffprobePath, args, { encoding: 'utf8' })) as Probed), mime };
}

const natural: readonly [string, string, string, string, number][] = [
  ['codecs/amr_nb_bandwidth_efficient', 'amr', 'audio/AMR', 'amr_nb', 600],
  ['codecs/amr_wb_octet', 'awb', 'audio/AMR-WB', 'amr_wb', 594],
  ['codecs/aac_generic_multi_au', 'aac', 'audio/aac', 'aac', 339],
  ['codecs/ac3', 'ac3', 'audio/ac3', 'ac3', 250],
  ['codecs/mp3_pt14', 'mp3', 'audio/mpeg', 'mp3', 306],
  ['codecs/ilbc_20ms', 'lbc', 'audio/iLBC', 'ilbc', 595],
  ['codecs/speex_8k', 'spx', 'audio/ogg', 'speex', 400],
  ['voip/baresip_opus', 'opus', 'audio/ogg', 'opus', 460],
  ['voip/baresip_gsm', 'gsm', 'audio/GSM', 'gsm', 460],
  ['codecs/g729_pt18_ptime20', 'g729', 'audio/G729', 'g729', 0],
];

describe.skipIf(present(codecCaptures).length === 0)('natural files', () => {
  it.each(natural.filter(([name]) => present([name]).length > 0))(
    '%s as .%s',
    async (name, ext, mime, codec, frames) => {
      const probed = await exported(name, 'raw', ext);
      expect(probed.mime).toBe(mime);
      expect(probed.streams[0].codec_name).toBe(codec);
      if (frames > 0 && !name.includes('baresip')) expect(Number(probed.streams[0].nb_read_packets)).toBe(frames);
    },
  );
});

const copies: readonly [string, 'mp4' | 'mkv', string, string, number][] = [
  ['codecs/aac_generic_multi_au', 'mp4', 'aac', '44100', 7.872],
  ['codecs/aac_generic_multi_au', 'mkv', 'aac', '44100', 7.872],
  ['codecs/ac3', 'mp4', 'ac3', '48000', 8],
  ['codecs/mp3_pt14', 'mp4', 'mp3', '44100', 7.993],
  ['codecs/mp3_pt14', 'mkv', 'mp3', '44100', 7.993],
  ['voip/baresip_ipv6_opus', 'mp4', 'opus', '48000', 9.18],
  ['codecs/speex_8k', 'mp4', 'aac', '8000', 8],
  ['codecs/g729_pt18_ptime20', 'mkv', 'aac', '8000', 8],
];

describe.skipIf(present(codecCaptures).length === 0)('containers', () => {
  it.each(copies.filter(([name]) => present([name]).length > 0))(
    '%s as %s',
    async (name, format, codec, rate, seconds) => {
      const probed = await exported(name, format, format);
      expect(probed.streams[0]).toMatchObject({ codec_name: codec, sample_rate: rate });
      expect(Math.abs(Number(probed.format.duration) - seconds)).toBeLessThan(
        codec === 'aac' && rate === '8000' ? 0.3 : 0.05,
      );
    },
  );
});
