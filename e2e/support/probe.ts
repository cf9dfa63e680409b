import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import ffmpegInstaller from '@ffmpeg-installer/ffmpeg';
import ffprobeInstaller from '@ffprobe-installer/ffprobe';
import { type DecodedWav, deinterleave } from './signal';

const run = promisify(execFile);

export interface ProbedAudio {
  readonly format: string;
  readonly codec: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
}

/** What ffprobe, which had no part in making it, says of an audio file. */
export async function probeAudio(path: string): Promise<ProbedAudio> {
  const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', path];
  const { stdout } = await run(ffprobeInstaller.path, args);
  const { format, streams } = JSON.parse(stdout) as {
    format: { format_name: string; duration: string };
    streams: { codec_type: string; codec_name: string; channels: number; sample_rate: string; duration?: string }[];
  };
  const audio = streams.filter((stream) => stream.codec_type === 'audio');
  if (audio.length !== 1) throw new Error(`${audio.length} audio streams in ${path}`);
  return {
    format: format.format_name,
    codec: audio[0].codec_name,
    channels: audio[0].channels,
    sampleRateHz: Number(audio[0].sample_rate),
    durationSeconds: Number(audio[0].duration ?? format.duration),
  };
}

/** Samples of any audio file, by ffmpeg. */
export async function decodeAudio(path: string, channels: number, sampleRateHz: number): Promise<DecodedWav> {
  const args = ['-v', 'error', '-i', path, '-f', 's16le', '-ac', String(channels), '-ar', String(sampleRateHz), '-'];
  const { stdout } = await run(ffmpegInstaller.path, args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  return { sampleRateHz, channels: deinterleave(stdout, channels) };
}

export interface ProbedVideo {
  readonly codec: string;
  readonly pixelFormat: string;
  readonly pictures: number;
  readonly durationSeconds: number;
}

/** The same of the picture of a file, all of it decoded. */
export async function probeVideo(path: string): Promise<ProbedVideo> {
  const args = ['-v', 'error', '-count_frames', '-select_streams', 'v', '-print_format', 'json'];
  const { stdout } = await run(ffprobeInstaller.path, [...args, '-show_format', '-show_streams', path]);
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string };
    streams: { codec_name: string; pix_fmt: string; nb_read_frames: string }[];
  };
  const [video] = streams;
  return {
    codec: video.codec_name,
    pixelFormat: video.pix_fmt,
    pictures: Number(video.nb_read_frames),
    durationSeconds: Number(format.duration),
  };
}
