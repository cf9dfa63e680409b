import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterAll, describe, expect, it } from 'vitest';
import { MemorySource } from '#engine/capture/byte-source';
import { FlvDemuxer } from '#engine/containers/flv-demuxer';
import { CaptureBytes, MemorySpill } from '#engine/store/capture-bytes';
import { resolveFfmpeg } from '../../../media/ffmpeg/resolve';
import { FlvMedia } from './flv-media';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-flv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : null;

interface Packet {
  readonly codec_type: string;
  readonly pts: number;
  readonly dts: number;
  readonly size: string;
  readonly flags: string;
}

interface Probed {
  readonly packets: readonly Packet[];
  readonly streams: readonly { readonly codec_type: string; readonly width?: number; readonly height?: number }[];
}

function made(name: string, video: readonly string[], audio: readonly string[]): string {
  const path = join(folder, `${name}.flv`);
  const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=2', '-f', 'lavfi', '-i', 'sine=f=440:r=44100:d=2'];
  execFileSync(ffmpegPath ?? '', ['-v', 'error', '-y', ...sources, ...video, ...audio, '-f', 'flv', path]);
  return path;
}

describe.skipIf(!ffmpegPath)('FLV as ffprobe reads it', { timeout: 60_000 }, () => {
  it.each([
    {
      name: 'h264-aac',
      video: ['-c:v', 'libx264', '-bf', '2', '-g', '10'],
      audio: ['-c:a', 'aac'],
      codecs: ['H264', 'AAC'],
    },
    { name: 'flv1-mp3', video: ['-c:v', 'flv', '-g', '10'], audio: ['-c:a', 'libmp3lame'], codecs: ['FLV1', 'MPA'] },
    {
      name: 'screen-pcm',
      video: ['-c:v', 'flashsv', '-g', '10'],
      audio: ['-c:a', 'pcm_s16le'],
      codecs: ['SCREEN-VIDEO', 'PCM-S16LE'],
    },
    {
      name: 'flv1-nellymoser',
      video: ['-c:v', 'flv'],
      audio: ['-ar', '11025', '-c:a', 'nellymoser'],
      codecs: ['FLV1', 'NELLYMOSER'],
    },
  ])('$name: the same packets with the same times', ({ name, video, audio, codecs }) => {
    const path = made(name, video, audio);
    const args = ['-v', 'error', '-show_packets', '-show_streams', '-of', 'json', path];
    const probed = JSON.parse(execFileSync(ffprobePath, args, { encoding: 'utf8' })) as Probed;
    const file = readFileSync(path);
    const bytes = new CaptureBytes(new MemorySource(file), new MemorySpill());
    const media = new FlvMedia(bytes, (kind) => kind);
    const demuxer = new FlvDemuxer({ onTag: (tag) => void media.push(tag) });
    demuxer.push(file, 0, file.length, 1, 5e9, 0);
    demuxer.end(5e9);
    const tracks = media.samples('flv', 'flv')?.tracks ?? [];
    expect(tracks.map(({ codec }) => codec)).toEqual(codecs);
    const first = Math.min(...tracks.map(({ decodeSeconds }) => decodeSeconds[0]));
    for (const track of tracks) {
      const own = Array.from({ length: track.count }, (_, i) => {
        let size = 0;
        for (let piece = track.extentStart[i]; piece < track.extentStart[i + 1]; piece += 1) {
          size += track.extents.length[piece];
        }
        const ms = (seconds: number): number => Math.round(1000 * (seconds - first));
        const isKey = track.kind === 'audio' || track.isKey[i] === 1;
        return `${ms(track.timeSeconds[i])} ${ms(track.decodeSeconds[i])} ${size} ${isKey ? 'K' : '_'}`;
      });
      const theirs = probed.packets.filter(({ codec_type: kind }) => kind === track.kind);
      expect(own).toEqual(theirs.map(({ pts, dts, size, flags }) => `${pts} ${dts} ${size} ${flags[0]}`));
    }
    const [picture] = tracks;
    expect(picture).toMatchObject({ width: 160, height: 120 });
    const track = media.tracks.find(({ kind }) => kind === 'video');
    expect(track?.videoFacts({ width: null, height: null, frameRate: null })).toMatchObject({
      width: 160,
      height: 120,
      frames: 50,
      frameRate: 25,
    });
  });
});
