/**
 * Compares `tapdeck analyze --json` with `tshark -q -z rtp,streams` on one large capture, and Tapdeck's capture reader
 * alone with pcap-ng-parser, both in alternating runs.
 * `npm run bench -- [FILE] [--runs 5] [--megabytes 200]`; a file may also be given by TAPDECK_BENCH_CAPTURE. Without
 * one a capture is made in the system's temporary folder and removed afterwards. Build first: `npm run build`.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { makeCapture } from './make-capture.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const TIME_TOOL = '/usr/bin/time';

/** Runs a program to its end; peak memory comes from `time -v` where that is installed, and is null elsewhere. */
function measure(command, args) {
  const hasTime = existsSync(TIME_TOOL);
  const [program, programArgs] = hasTime ? [TIME_TOOL, ['-v', command, ...args]] : [command, args];
  return new Promise((resolve, reject) => {
    const startNs = process.hrtime.bigint();
    const child = spawn(program, programArgs, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    let errors = '';
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
      if (code !== 0) return reject(new Error(`${command} ended with ${code}: ${errors.slice(0, 2000)}`));
      const peak = /Maximum resident set size \(kbytes\): (\d+)/.exec(errors);
      resolve({ seconds, peakMb: peak ? Number(peak[1]) / 1024 : null, stdout: Buffer.concat(output).toString() });
    });
  });
}

async function versionOf(command) {
  try {
    return (await measure(command, ['-v'])).stdout.split('\n')[0];
  } catch {
    return null;
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function row(name, runs, packets, bytes) {
  const seconds = median(runs.map((run) => run.seconds));
  const peaks = runs.map((run) => run.peakMb).filter((peak) => peak !== null);
  const memory = peaks.length > 0 ? `${Math.round(Math.max(...peaks))} MB` : 'not measured';
  const spread = `${Math.min(...runs.map((run) => run.seconds)).toFixed(2)} to ${Math.max(...runs.map((run) => run.seconds)).toFixed(2)} s`;
  const rate = `${Math.round(packets / seconds / 1000)} k`;
  return `| ${name} | ${seconds.toFixed(2)} s | ${spread} | ${rate} | ${(bytes / 1e6 / seconds).toFixed(0)} MB/s | ${memory} |`;
}

async function compare(path, runs) {
  const bytes = (await stat(path)).size;
  const tapdeck = () => measure(process.execPath, [join(root, 'bin/tapdeck.mjs'), 'analyze', '--json', path]);
  const tshark = () => measure('tshark', ['-r', path, '-q', '-z', 'rtp,streams']);
  const tsharkVersion = await versionOf('tshark');

  // The first run of each only warms the file cache; what it prints is compared.
  const first = await tapdeck();
  const document = JSON.parse(first.stdout);
  const packets = document.capture.packets;
  const streams = document.streams.filter((stream) => stream.transport === 'rtp');
  console.log(
    `capture: ${(bytes / 1e6).toFixed(1)} MB, ${packets} packets, ${document.calls.length} calls, ${streams.length} RTP streams`,
  );
  console.log(`machine: ${cpus()[0].model}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`);
  console.log(`node ${process.version}, ${tsharkVersion ?? 'tshark not installed'}`);
  if (tsharkVersion !== null) {
    const theirs = (await tshark()).stdout.split('\n').filter((line) => / 0x[0-9A-F]{8} /.test(line)).length;
    console.log(`streams found: tapdeck ${streams.length}, tshark ${theirs}`);
  }

  const programs = [['tapdeck analyze --json', tapdeck]];
  if (tsharkVersion !== null) programs.push(['tshark -q -z rtp,streams', tshark]);
  const analyses = await alternate(programs, runs);

  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-bench-reader-'));
  try {
    const own = await bundleOwnReader(folder);
    const readers = [['own reader alone', () => measure(process.execPath, [own, path])]];
    if (document.capture.format === 'pcapng') {
      const other = join(root, 'bench/read-with-pcap-ng-parser.mjs');
      readers.push(['pcap-ng-parser alone', () => measure(process.execPath, [other, path])]);
    }
    const readings = await alternate(readers, runs);
    console.log(`\n| program | median of ${runs} | spread | packets/s | file | peak memory |`);
    console.log('|---|---|---|---|---|---|');
    for (const [name, measured] of analyses) console.log(row(name, measured, packets, bytes));
    for (const [name, measured] of readings) {
      const seen = Number(measured[0].stdout);
      const note = seen === packets ? '' : ` (gave ${seen} of ${packets} packets)`;
      console.log(row(`${name}${note}`, measured, packets, bytes));
    }
    for (const [title, results] of [
      ['tshark / tapdeck', analyses],
      ['pcap-ng-parser / own reader', readings],
    ]) {
      const [ours, theirs] = [...results.values()].map((all) => median(all.map((run) => run.seconds)));
      if (theirs !== undefined) console.log(`\n${title}: ${(theirs / ours).toFixed(2)} (above 1, Tapdeck is faster)`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs each program once in turn, `runs` times, so that whatever else the machine does falls on all of them. */
async function alternate(programs, runs) {
  const results = new Map(programs.map(([name]) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const [name, start] of programs) results.get(name).push(await start());
  }
  return results;
}

async function bundleOwnReader(folder) {
  const ssr = 'bench/read-with-own-reader.mjs';
  const output = { entryFileNames: 'reader.mjs' };
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: { ssr, outDir: folder, emptyOutDir: false, rollupOptions: { output } },
  });
  return join(folder, 'reader.mjs');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, megabytes: { type: 'string', default: '200' } },
});
const given = positionals[0] ?? process.env.TAPDECK_BENCH_CAPTURE;
if (given) {
  await compare(given, Number(values.runs));
} else {
  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-bench-'));
  try {
    const path = join(folder, 'calls.pcapng');
    const totals = await makeCapture(path, Number(values.megabytes));
    console.log(`made ${totals.calls} calls, ${totals.packets} packets, ${totals.lost} RTP packets lost`);
    await compare(path, Number(values.runs));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
