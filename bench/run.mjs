/**
 * Compares `tapdeck analyze --json` with `tshark -q -z rtp,streams` on one large capture, in alternating runs, and reads
 * the same file with pcap-ng-parser once.
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

  const results = { tapdeck: [], tshark: [] };
  for (let run = 0; run < runs; run++) {
    results.tapdeck.push(await tapdeck());
    if (tsharkVersion !== null) results.tshark.push(await tshark());
  }
  const isPcapng = document.capture.format === 'pcapng';
  console.log(`\n| program | median of ${runs} | spread | packets/s | file | peak memory |`);
  console.log('|---|---|---|---|---|---|');
  console.log(row('tapdeck analyze --json', results.tapdeck, packets, bytes));
  if (tsharkVersion !== null) console.log(row('tshark -q -z rtp,streams', results.tshark, packets, bytes));
  if (isPcapng) {
    const reader = () => measure(process.execPath, [join(root, 'bench/read-with-pcap-ng-parser.mjs'), path]);
    const read = [];
    for (let run = 0; run < runs; run++) read.push(await reader());
    const seen = Number(read[0].stdout);
    console.log(row(`pcap-ng-parser, reading only (${seen === packets ? 'all' : seen} packets)`, read, packets, bytes));
  }
  if (tsharkVersion !== null) {
    const of = (name) => median(results[name].map((result) => result.seconds));
    console.log(`\ntshark / tapdeck: ${(of('tshark') / of('tapdeck')).toFixed(2)} (above 1, tapdeck is faster)`);
  }
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
