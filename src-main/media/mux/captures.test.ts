import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterAll, describe, expect, it } from 'vitest';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { capturePath, hasCaptures } from '../../testing/oracles';
import { bindingOf, bindingsOfSdp, boundStreams } from '../../testing/video-captures';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import type { MadePiece } from './pieces';
import { videoThumbnails } from './thumbnails';
import { makePicturePieces, makeSoundPieces, type PieceRequest } from './player-pieces';
import { exportVideo, type PlayerVideo, renderPlayerVideo, type VideoFileFormat, type VideoInput } from './video-file';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-video-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : null;

/** All pieces of a video, into a file that is a whole MP4 then. */
async function makePieces(
  input: VideoInput,
  video: PlayerVideo,
  path: string,
  { mode, fromSeconds }: Pick<PieceRequest, 'mode' | 'fromSeconds'>,
): Promise<MadePiece[]> {
  const pieces: MadePiece[] = [];
  const { startSeconds: originSeconds, durationSeconds } = video;
  const times = { fromSeconds, untilSeconds: durationSeconds, originSeconds, durationSeconds };
  const request = { ...times, planKey: '', path, mode, ffmpegPath: ffmpegPath ?? '' };
  await makePicturePieces(input, request, { onPiece: (piece) => pieces.push(piece) });
  return pieces;
}

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

describe.skipIf(!hasCaptures || !ffmpegPath)('video of real senders', { timeout: 60_000 }, () => {
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

  it('names exactly the pictures of a recording through the air that lost packets', async () => {
    const parameters = 'packetization-mode=1; sprop-parameter-sets=Z0LAHtkAoC/5cBEAAAMAAQAAAwA8DxYuSA==,aMuMsg==';
    const binding = bindingOf(96, 'H264', parameters);
    const pictures = (name: string): Map<number, number[]> => {
      const { streams } = boundStreams(name, [binding]);
      const byTimestamp = new Map<number, number[]>();
      const [{ sequence, timestamp }] = streams;
      sequence.forEach((number, i) => {
        byTimestamp.set(timestamp[i], [...(byTimestamp.get(timestamp[i]) ?? []), number]);
      });
      return byTimestamp;
    };
    const sent = pictures('live/drive/drive_complete.pcap');
    const came = pictures('live/drive/drive_loss30.pcap');
    const truth = JSON.parse(readFileSync(capturePath('live/drive/drive_loss30.truth.json'), 'utf8')).expected.video;
    const { streams } = boundStreams('live/drive/drive_loss30.pcap', [binding]);
    const input = inputOf('live/drive/drive_loss30.pcap', streams[0]);
    const raw = await write(input, 'raw', null, 'h264');
    expect(raw.file.sha256).toBe(truth.elementary_stream_sha256);
    const options = { path: join(folder, 'loss.video'), mode: 'clean' as const, ffmpegPath };
    const { frames } = await renderPlayerVideo(input, options, {});
    expect([frames.count, frames.isDamaged.reduce((sum, flag) => sum + flag, 0)]).toEqual([
      truth.access_units_touched,
      truth.access_units_touched - truth.access_units_intact,
    ]);
    const expected = [...came].map(([timestamp, numbers]) =>
      Number(numbers.length < (sent.get(timestamp)?.length ?? 0)),
    );
    expect([...frames.isDamaged]).toEqual(expected);
    // What is shown decodes without a complaint.
    expect(probe(options.path).frames).toBe(frames.isShown.reduce((sum, flag) => sum + flag, 0));
    const { path } = await write(input, 'csv');
    const rows = readFileSync(path, 'utf8').trimEnd().split('\r\n').slice(1);
    expect(rows.filter((row) => row.split(',')[3] === '1').length).toBe(62);
    const subtitles = readFileSync((await write(input, 'srt')).path, 'utf8')
      .trimEnd()
      .split('\n\n');
    expect(subtitles[0]).toMatch(/^1\n\d\d:\d\d:\d\d,\d{3} --> .*\nPictures? \d+.*: damaged, \d+ packets? lost$/);
    const last = Number(/Pictures? (?:\d+ to )?(\d+):/.exec(subtitles.at(-1) ?? '')?.[1]);
    expect(frames.isDamaged.lastIndexOf(1) + 1).toBe(last);
    expect(readFileSync((await write(input, 'vtt')).path, 'utf8')).toMatch(/^WEBVTT\n\n1\n\d\d:\d\d:\d\d\.\d{3} --> /);
  });

  it('shows a few small pictures of a damaged recording, whole ones where there are some', async () => {
    const { streams } = boundStreams('live/drive/drive_loss30.pcap', [bindingOf(96, 'H264')]);
    const input = inputOf('live/drive/drive_loss30.pcap', streams[0]);
    const thumbnails = await videoThumbnails(input, { ffmpegPath: ffmpegPath ?? '' });
    // Of the others no whole part is there.
    expect(thumbnails.length).toBe(5);
    const times = thumbnails.map(({ seconds }) => seconds);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    for (const { jpeg } of thumbnails) {
      expect([...jpeg.subarray(0, 2), ...jpeg.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
      expect(jpeg.length).toBeLessThan(10_000);
    }
  });

  it('writes every picture as a file, with its time and its packets', async () => {
    const name = 'h264_mode0';
    const { streams } = boundStreams(
      `live/codecs/${name}.pcapng`,
      bindingsOfSdp(capturePath(`live/codecs/${name}.sdp`)),
    );
    const { path, file } = await write(inputOf(`live/codecs/${name}.pcapng`, streams[0]), 'png');
    expect(file).toMatchObject({ mime: 'inode/directory', frames: 125, usedFfmpeg: true });
    const [columns, ...rows] = readFileSync(join(path, 'pictures.csv'), 'utf8').trimEnd().split('\r\n');
    const list = rows.map((row) => row.split(','));
    expect(columns.split(',').slice(0, 4)).toEqual(['picture', 'time_s', 'capture_time_s', 'file']);
    expect(list.map(([picture]) => Number(picture))).toEqual(Array.from({ length: 125 }, (_, i) => i + 1));
    expect(list.slice(0, 3).map(([, time]) => Number(time))).toEqual([0, 0.04, 0.08]);
    const hash = createHash('sha256')
      .update(readFileSync(join(path, list[7][3])))
      .digest('hex');
    expect(hash).toBe(list[7][10]);
  });

  it('keeps every picture of a complete recording, with its sound in step', async () => {
    const sound = {
      ...bindingOf(97, 'MPEG4-GENERIC', 'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1188'),
      clockRateHz: 48_000,
    };
    const name = 'live/drive/drive_complete.pcap';
    const { analysis } = boundStreams(name, [bindingOf(96, 'H264'), sound]);
    const source = analysis.media.videoSource('rtp-1');
    if (!source) throw new Error('no video');
    expect(source.relation).toMatchObject({ basis: 'rtcp' });
    const input = { ...source, capturePath: capturePath(name), captureBytes: statSync(capturePath(name)).size };
    const { path, file } = await write(input, 'mp4');
    const truth = JSON.parse(readFileSync(capturePath('live/drive/drive_complete.truth.json'), 'utf8'));
    expect([file.frames, pictureHash(path)]).toEqual([2100, truth.source.video.framemd5_md5]);
    expect(Math.abs(probe(path).seconds - 70)).toBeLessThan(0.05);
    expect(file.options).toMatchObject({ audioSync: 'rtcp', audioShiftMs: 0, audioCodec: 'MPEG4-GENERIC as captured' });
    // Its sound is what was sent, bit for bit.
    const adts = join(folder, 'sound.aac');
    execFileSync(ffmpegPath ?? '', ['-v', 'error', '-y', '-i', path, '-map', '0:a', '-c', 'copy', '-f', 'adts', adts]);
    expect(createHash('sha256').update(readFileSync(adts)).digest('hex')).toBe(truth.expected.audio.adts_sha256);
  });

  it('makes pieces of a damaged recording from where it is watched, and of the whole of its sound', async () => {
    const sound = {
      ...bindingOf(97, 'MPEG4-GENERIC', 'mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1188'),
      clockRateHz: 48_000,
    };
    const name = 'live/drive/drive_loss30.pcap';
    const { analysis } = boundStreams(name, [bindingOf(96, 'H264'), sound]);
    const source = analysis.media.videoSource('rtp-1');
    if (!source) throw new Error('no video');
    const input = { ...source, capturePath: capturePath(name), captureBytes: statSync(capturePath(name)).size };
    const options = { path: join(folder, 'faithful.mp4'), mode: 'faithful' as const, ffmpegPath };
    const video = await renderPlayerVideo(input, options, {});
    expect([video.isPieced, video.isTranscoded]).toEqual([true, true]);
    const from = video.durationSeconds - 20;
    const path = join(folder, 'middle.mp4');
    const pieces = await makePieces(input, video, path, { mode: 'faithful', fromSeconds: from });
    // The last whole key before.
    expect(pieces[0].startSeconds).toBeLessThanOrEqual(from);
    expect(pieces[0].startSeconds).toBeGreaterThan(from - 21);
    expect(pieces.at(-1)?.endSeconds).toBeCloseTo(video.durationSeconds, 3);
    // Every piece can be played without those before it.
    const opening = readFileSync(path).subarray(0, pieces[0].openingBytes);
    const { offset, bytes } = pieces.reduce((most, piece) => (piece.bytes > most.bytes ? piece : most));
    writeFileSync(
      join(folder, 'one.mp4'),
      Buffer.concat([opening, readFileSync(path).subarray(offset, offset + bytes)]),
    );
    expect(probe(join(folder, 'one.mp4')).frames).toBeGreaterThan(10);

    const heard: MadePiece[] = [];
    const { startSeconds: originSeconds, durationSeconds } = video;
    const request = {
      ...options,
      planKey: '',
      ffmpegPath: ffmpegPath ?? '',
      path: join(folder, 'sound.mp4'),
      originSeconds,
    };
    const times = { durationSeconds, fromSeconds: 0, untilSeconds: durationSeconds };
    await makeSoundPieces(input, { ...request, ...times }, { onPiece: (piece) => heard.push(piece) });
    expect(heard[0].startSeconds).toBe(0);
    expect(heard.at(-1)?.endSeconds).toBeCloseTo(durationSeconds, 3);
  });

  it.each([
    ['h261', 'transcoded', 125],
    ['h265', 'transcoded', 125],
    ['mpeg2_video', 'transcoded', 125],
    ['mjpeg_rfc2435', 'transcoded', 50],
    ['h264_mode1_high_bframes', 'captured', 125],
    ['vp8', 'captured', 125],
  ] as const)('%s is played %s', async (name, way, count) => {
    const capture = `live/codecs/${name}.pcapng`;
    const { streams } = boundStreams(capture, bindingsOfSdp(capturePath(`live/codecs/${name}.sdp`)));
    const path = join(folder, `${name}.player`);
    const shares: number[] = [];
    const options = { onProgress: (share: number) => void shares.push(share) };
    const input = inputOf(capture, streams[0]);
    const video = await renderPlayerVideo(input, { path, mode: 'clean', ffmpegPath }, options);
    if (video.isPieced) {
      const pieces = await makePieces(input, video, path, { mode: 'clean', fromSeconds: 0 });
      // Each begins where the one before ends, from the beginning to the end.
      expect([0, ...pieces.map(({ endSeconds }) => endSeconds)].slice(0, -1)).toEqual(
        pieces.map(({ startSeconds }) => startSeconds),
      );
      expect(pieces.at(-1)?.endSeconds).toBeCloseTo(video.durationSeconds, 3);
    }
    expect([video.isTranscoded, video.frames.count]).toEqual([way === 'transcoded', count]);
    const { frames, codec, seconds } = probe(path);
    expect(codec).toBe(way === 'transcoded' || name !== 'vp8' ? 'h264' : 'vp8');
    // H.261 that ffmpeg cut within its groups of blocks loses pictures in ffmpeg's own decoder.
    if (name !== 'h261') expect(frames).toBe(count);
    expect(Math.abs(seconds - video.durationSeconds)).toBeLessThan(0.05);
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    const { timeSeconds } = video.frames;
    expect([...timeSeconds]).toEqual([...timeSeconds].sort((a, b) => a - b));
  });
});
