import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveFfmpeg } from '../../../media/ffmpeg/resolve';
import { PsDemuxer } from '../mpeg-ps/ps-demuxer';
import { demux, unitsOf } from './testing/demux';

const ffmpeg = await resolveFfmpeg();
const path = ffmpeg.ok ? ffmpeg.value.path : '';
const folder = mkdtempSync(join(tmpdir(), 'tapdeck-mpeg-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sources = [
  '-f',
  'lavfi',
  '-i',
  'testsrc=size=160x120:rate=25:duration=2',
  '-f',
  'lavfi',
  '-i',
  'sine=duration=2',
];
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** A file that ffmpeg writes; null when this ffmpeg lacks an encoder. */
function made(name: string, ...options: string[]): string | null {
  const file = join(folder, name);
  const { status } = spawnSync(path, ['-v', 'error', '-y', ...sources, ...options, file]);
  return status === 0 ? file : null;
}

/** Hashes and bytes of the packets that ffmpeg copies out of a file, by stream. */
function copied(file: string): { readonly hash: string; readonly size: number }[][] {
  const args = ['-v', 'error', '-i', file, '-map', '0', '-c', 'copy', '-f', 'framemd5', '-'];
  const streams: { hash: string; size: number }[][] = [];
  for (const line of execFileSync(path, args, { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [stream, , , , size, hash] = line.split(',').map((field) => field.trim());
    (streams[Number(stream)] ??= []).push({ hash, size: Number(size) });
  }
  return streams;
}

describe.skipIf(!path)('access units are the packets that ffmpeg copies', { timeout: 60_000 }, () => {
  it.for([
    ['mpeg2-mp2.ts', '-c:v mpeg2video -g 12 -bf 2 -c:a mp2'],
    ['mpeg2-fields-ac3.ts', '-c:v mpeg2video -flags +ildct+ilme -c:a ac3'],
    ['mpeg4-mp3.ts', '-c:v mpeg4 -bf 2 -c:a libmp3lame'],
    ['h264-aac.ts', '-c:v libx264 -bf 3 -c:a aac'],
    ['h264-latm.ts', '-c:v libx264 -c:a aac -mpegts_flags latm'],
    ['h264-slices-opus.ts', '-c:v libx264 -x264-params aud=0:slices=4:interlaced=1 -c:a libopus'],
    ['h264-cbr.ts', '-c:v libx264 -c:a aac -muxrate 1M'],
    ['h265-eac3.ts', '-c:v libx265 -x265-params log-level=error -c:a eac3'],
    ['m2ts.ts', '-c:v libx264 -c:a ac3 -mpegts_m2ts_mode 1'],
  ])('%s', ([name, options], { skip }) => {
    const file = made(name, ...options.split(' '), '-f', 'mpegts');
    if (file === null) return skip('this ffmpeg lacks an encoder');
    const { demuxer, units } = demux(new Uint8Array(readFileSync(file)));
    const streams = [...demuxer.programs.values()].flatMap((program) => program.streams);
    const expected = copied(file);
    expect(streams).toHaveLength(2);
    for (const [i, { info }] of streams.entries()) {
      const own = unitsOf(units, info.pid);
      expect(own.some(({ isDamaged }) => isDamaged)).toBe(false);
      expect(own.length).toBe(expected[i].length);
      const total = own.reduce((sum, { bytes }) => sum + bytes.length, 0);
      expect(total).toBe(expected[i].reduce((sum, { size }) => sum + size, 0));
      // ffmpeg leaves the zero before a start code of H.265 with the picture before.
      if (info.codec !== 'H265')
        expect(own.map(({ bytes }) => md5(bytes))).toEqual(expected[i].map(({ hash }) => hash));
    }
    expect(demuxer.checks.get('continuity').count + demuxer.checks.get('crc').count).toBe(0);
  });

  it.for([
    ['mpeg2.vob', '-c:v mpeg2video -g 12 -bf 2 -c:a mp2 -f vob'],
    ['mpeg1.mpg', '-c:v mpeg1video -c:a mp2 -f mpeg'],
    ['h264.vob', '-c:v libx264 -c:a mp2 -f vob'],
  ])('%s', ([name, options], { skip }) => {
    const file = made(name, ...options.split(' '));
    if (file === null) return skip('this ffmpeg lacks an encoder');
    const found = new Map<number, string[]>();
    const demuxer = new PsDemuxer({
      onUnit({ info }, { bytes, start, end, isDamaged }) {
        expect(isDamaged).toBe(false);
        const own = found.get(info.streamId) ?? [];
        found.set(info.streamId, own);
        own.push(md5(bytes.subarray(start, end)));
      },
    });
    const bytes = new Uint8Array(readFileSync(file));
    demuxer.push(bytes, 0, bytes.length, 1, 0, 0);
    demuxer.finish();
    const expected = copied(file).map((stream) => stream.map(({ hash }) => hash));
    const byLength = (a: string[], b: string[]): number => a.length - b.length;
    expect([...found.values()].sort(byLength)).toEqual(expected.sort(byLength));
  });
});
