/**
 * Compares taking a large H.264 stream out of a capture into MP4 with `ffmpeg -c copy` of the same stream from a file:
 * time, and seconds of the processors where GNU time is installed. `node bench/video.mjs [--runs 3] [--repeat 13]`; 13
 * times five minutes are some 500 000 packets. Build first: `npm run build`.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { makeVideoCapture } from './make-video-capture.mjs';

const TIME_TOOL = '/usr/bin/time';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { runs: { type: 'string' }, repeat: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'tapdeck-bench-'));
const capture = join(folder, 'stream.pcap');
const cli = join(root, 'bin/tapdeck.mjs');

/** Seconds on the clock, and of the processors. */
function measure(command, args) {
  const hasTool = existsSync(TIME_TOOL);
  const from = process.hrtime.bigint();
  const all = hasTool ? [TIME_TOOL, ['-f', 'cpu %U %S', command, ...args]] : [command, args];
  const { status, stderr } = spawnSync(...all, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.slice(-500)}`);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return { seconds, cpu: hasTool ? Number(user) + Number(system) : null };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

try {
  const material = { seconds: 300, kbitPerSecond: 1000, repeat: Number(values.repeat ?? 13), hasSound: false };
  const made = await makeVideoCapture(capture, material);
  const bytes = (await stat(`${capture}.h264`)).size;
  console.log(`${made.video} packets, ${made.pictures} pictures, ${(bytes / 1e6).toFixed(1)} MB of H.264`);
  const out = join(folder, 'out');
  const tapdeck = (...args) => measure(process.execPath, [cli, ...args, capture]);
  const programs = {
    'tapdeck analyze': () => tapdeck('analyze'),
    'tapdeck export --format mp4': () => tapdeck('export', '--id', 'rtp-1', '--format', 'mp4', '--out', out),
    'ffmpeg -c copy': () =>
      measure(ffmpeg.path, [
        '-y',
        '-framerate',
        '30',
        '-i',
        `${capture}.h264`,
        '-c',
        'copy',
        join(folder, 'copied.mp4'),
      ]),
  };
  const runs = new Map(Object.keys(programs).map((name) => [name, []]));
  for (let run = 0; run < Number(values.runs ?? 3); run += 1) {
    for (const [name, program] of Object.entries(programs)) runs.get(name).push(program());
    await rm(out, { recursive: true });
  }
  for (const [name, list] of runs) {
    const clock = median(list.map(({ seconds }) => seconds)).toFixed(2);
    const cpu = list[0].cpu === null ? '' : `, ${median(list.map((each) => each.cpu)).toFixed(2)} s of the processors`;
    console.log(`${name}: ${clock} s${cpu}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
