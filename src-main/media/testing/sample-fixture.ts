import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputTrack,
  type InputVideoTrack,
} from 'mediabunny';
import type { MediaSamples, SampleTrack } from '#engine/analysis/sessions/media-samples';
import { Extents } from '#engine/bytes/extents';

/** A coded sample as a test makes it. */
export interface TestSample {
  readonly data: Uint8Array;
  readonly timeSeconds: number;
  readonly decodeSeconds?: number;
  readonly isKey?: boolean;
  /** `[from, to)` of its bytes are lost. */
  readonly hole?: readonly [number, number];
}

type TrackFacts = Partial<Omit<SampleTrack, 'count' | 'extents' | 'extentStart'>> & Pick<SampleTrack, 'kind' | 'codec'>;

/** A folder of its own, with a file that stands for a capture: samples lie in it in pieces, among other bytes. */
export class SampleFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'tapdeck-samples-'));
  readonly capturePath = join(this.folder, 'capture.bin');
  private readonly pieces: Uint8Array[] = [];
  private size = 0;
  private frames = 0;

  /** Pieces as large as those of TCP, each behind headers of its own. */
  constructor(private readonly pieceBytes = 1448) {
    writeFileSync(this.capturePath, '');
  }

  get captureBytes(): number {
    return this.size;
  }

  track(samples: readonly TestSample[], facts: TrackFacts): SampleTrack {
    const extents = new Extents();
    const extentStart = new Uint32Array(samples.length + 1);
    const frame = new Uint32Array(samples.length);
    samples.forEach(({ data, hole = [data.length, data.length] }, i) => {
      frame[i] = this.frames + 1;
      for (let at = 0; at < data.length; ) {
        const isLost = at >= hole[0] && at < hole[1];
        const limit = isLost ? hole[1] : at < hole[0] ? hole[0] : data.length;
        const end = Math.min(data.length, at + this.pieceBytes, limit);
        extents.push(isLost ? -1 : this.put(data.subarray(at, end)), end - at);
        at = end;
      }
      extentStart[i + 1] = extents.count;
    });
    writeFileSync(this.capturePath, Buffer.concat(this.pieces));
    const isDamaged = Uint8Array.from(samples, ({ hole }) => (hole ? 1 : 0));
    return {
      streamId: `${facts.kind}-1`,
      framing: 'raw',
      config: null,
      width: null,
      height: null,
      sampleRateHz: null,
      channels: null,
      ...facts,
      count: samples.length,
      timeSeconds: Float64Array.from(samples, ({ timeSeconds }) => timeSeconds),
      decodeSeconds: Float64Array.from(samples, ({ timeSeconds, decodeSeconds = timeSeconds }) => decodeSeconds),
      isKey: Uint8Array.from(samples, ({ isKey = true }) => (isKey ? 1 : 0)),
      isDamaged,
      missing: Uint32Array.from(samples, ({ hole }) => (hole ? hole[1] - hole[0] : 0)),
      frame,
      extentStart,
      extents: extents.trimmed(),
    };
  }

  samples(...tracks: SampleTrack[]): MediaSamples {
    return { sourceId: 'session-1', title: 'made by a test', tracks, notes: [] };
  }

  /** Tracks of a media file, their first sample at `startSeconds` of the capture; `framing` as the file has it. */
  async fromFile(path: string, startSeconds = 0): Promise<MediaSamples> {
    const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
    const tracks = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()].filter((track) => !!track);
    const read = await Promise.all(tracks.map((track) => packetsOf(track)));
    const origin = Math.min(...read.flat().map(({ timeSeconds }) => timeSeconds));
    const made: SampleTrack[] = [];
    for (const [i, track] of tracks.entries()) {
      const moved = read[i].map((sample) => ({ ...sample, timeSeconds: sample.timeSeconds - origin + startSeconds }));
      made.push(this.track(moved, await factsOf(track)));
    }
    input.dispose();
    return this.samples(...made);
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private put(bytes: Uint8Array): number {
    const header = new Uint8Array(54).fill(this.frames & 0xff);
    this.frames += 1;
    this.pieces.push(header, Uint8Array.from(bytes));
    this.size += header.length + bytes.length;
    return this.size - bytes.length;
  }
}

async function packetsOf(track: InputTrack): Promise<TestSample[]> {
  const samples: TestSample[] = [];
  for await (const { data, timestamp, type } of new EncodedPacketSink(track).packets()) {
    samples.push({ data, timeSeconds: timestamp, isKey: type === 'key' });
  }
  return samples;
}

const names: Readonly<Record<string, string>> = {
  avc: 'H264',
  hevc: 'H265',
  vp8: 'VP8',
  vp9: 'VP9',
  aac: 'AAC',
  mp3: 'MPA',
  ac3: 'AC3',
  opus: 'OPUS',
};

async function factsOf(track: InputVideoTrack | InputAudioTrack): Promise<TrackFacts> {
  const config = await track.getDecoderConfig();
  const description = config?.description ? new Uint8Array(config.description as ArrayBuffer) : null;
  const codec = names[(await track.getCodec()) ?? ''] ?? '';
  if (track.isVideoTrack()) {
    const isPrefixed = (codec === 'H264' || codec === 'H265') && description;
    const hasStartCodes = (codec === 'H264' || codec === 'H265') && !description;
    const framing = isPrefixed ? 'length-prefixed' : hasStartCodes ? 'annex-b' : 'raw';
    return { kind: 'video', codec, framing, config: description };
  }
  const { sampleRate = 0, numberOfChannels = 0 } = (config ?? {}) as Partial<AudioDecoderConfig>;
  const framing = codec === 'AAC' && !description ? 'adts' : 'raw';
  return { kind: 'audio', codec, framing, config: description, sampleRateHz: sampleRate, channels: numberOfChannels };
}

/** MD5 of each decoded picture or frame of sound of a file. */
export function decodedHashes(ffmpegPath: string, path: string, stream: 'v' | 'a' = 'v'): string[] {
  const args = ['-v', 'error', '-i', path, '-map', `0:${stream}:0`, '-vsync', '0', '-f', 'framemd5', '-'];
  const out = execFileSync(ffmpegPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',')[5].trim());
}

/** Times of presentation of the decoded pictures or frames of sound, seconds. */
export function decodedTimes(path: string, stream: 'v' | 'a' = 'v'): number[] {
  const args = ['-v', 'error', '-select_streams', stream, '-show_entries', 'frame=best_effort_timestamp_time'];
  const out = execFileSync(ffprobePath, [...args, '-of', 'csv=p=0', path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Lines of side data stand among them.
  return out.split('\n').map(Number.parseFloat).filter(Number.isFinite);
}

/** Streams and format of a file as ffprobe has them. */
export function probed(path: string): {
  readonly streams: readonly Readonly<Record<string, string>>[];
  readonly format: Readonly<Record<string, string>>;
} {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json', path];
  return JSON.parse(execFileSync(ffprobePath, args, { encoding: 'utf8' }));
}

/** A file that ffmpeg makes of its test sources. */
export function madeByFfmpeg(ffmpegPath: string, path: string, ...args: readonly string[]): Uint8Array {
  execFileSync(ffmpegPath, ['-v', 'error', '-y', ...args, path], { stdio: ['ignore', 'ignore', 'ignore'] });
  return readFileSync(path);
}
