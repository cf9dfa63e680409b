import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterAll, describe, expect, it } from 'vitest';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { capturePath, hasCaptures } from '../../testing/oracles';
import { bindingOf, bindingsOfSdp, boundStreams } from '../../testing/video-captures';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import { exportVideo, renderPlayerVideo, type VideoFileFormat, type VideoInput } from './video-file';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-video-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : null;

interface Truth {
  readonly expected: { readonly extracted: { readonly frames: number; readonly framemd5_md5: string } };
}

/** MD5 of the MD5s of all decoded pictures, one a line. */
function pictureHash(path: string): string {
  if (!ffmpegPath) throw new Error('no ffmpeg');
  const out = execFileSync(
    ffmpegPath,
    ['-v', 'error', '-i', path, '-map', '0:v:0', '-vsync', '0', '-f', 'framemd5', '-'],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const lines = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const hashes = lines.map((line) => line.split(',').pop()?.trim());
  return createHash('md5').update(hashes.join('\n')).digest('hex');
}

function probe(path: string): { readonly frames: number; readonly codec: string; readonly seconds: number } {
  const args = [
    '-v',
    'error',
    '-count_frames',
    '-select_streams',
    'v',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    path,
  ];
  const { streams, format } = JSON.parse(
    execFileSync(ffprobePath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  return { frames: Number(streams[0].nb_read_frames), codec: streams[0].codec_name, seconds: Number(format.duration) };
}

function inputOf(name: string, video: RtpMediaIndex): VideoInput {
  const path = capturePath(name);
  return { title: '', video, audio: null, relation: null, capturePath: path, captureBytes: statSync(path).size };
}

let files = 0;
async function write(
  input: VideoInput,
  format: VideoFileFormat,
  quality: 'high' | null = null,
  extension: string = format,
) {
  const path = join(folder, `${++files}.${extension}`);
  const file = await exportVideo(input, { format, path, mode: 'faithful', quality, ffmpegPath }, {});
  return { path, file };
}

describe.skipIf(!hasCaptures || !ffmpegPath)('video of real senders', () => {
  it.each([
    ['h264_mode0', ['mp4', 'mkv', 'raw'], 'h264'],
    ['h264_mode1_high_bframes', ['mp4', 'mkv', 'raw'], 'h264'],
    ['h265', ['mp4', 'mkv', 'raw'], 'h265'],
    ['vp8', ['mp4', 'mkv', 'webm', 'raw'], 'ivf'],
    ['h263_plus', ['mkv'], 'h263'],
    ['mjpeg_rfc2435', ['mkv', 'raw'], 'mjpeg'],
    ['mpeg2_video', ['mkv', 'raw'], 'm2v'],
  ] as const)('%s decodes to the pictures that were sent', async (name, formats, extension) => {
    const truth: Truth = JSON.parse(readFileSync(capturePath(`live/codecs/${name}.truth.json`), 'utf8'));
    const { frames, framemd5_md5: hash } = truth.expected.extracted;
    const capture = `live/codecs/${name}.pcapng`;
    const { streams } = boundStreams(capture, bindingsOfSdp(capturePath(`live/codecs/${name}.sdp`)));
    const input = inputOf(capture, streams[0]);
    for (const format of formats) {
      const { path, file } = await write(input, format, null, format === 'raw' ? extension : format);
      expect(file.frames, format).toBe(frames);
      expect(probe(path).frames, format).toBe(frames);
      expect(pictureHash(path), format).toBe(hash);
    }
  });
});
