/**
 * Compares `tapdeck analyze --json` with `tshark -q -z rtp,streams` on a large capture of calls, with
 * `tshark -q -z conv,tcp` on one of TCP alone and with `tshark -Y rtmpt` on one of RTMP, and Tapdeck's capture reader alone with pcap-ng-parser, all in
 * alternating runs.
 * `npm run bench -- [FILE] [--tcp FILE] [--rtmp FILE] [--runs 5] [--megabytes 200]`; the first file may also be given by
 * TAPDECK_BENCH_CAPTURE. Captures that are not given are made in the system's temporary folder and removed afterwards.
 * Build first: `npm run build`.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { makeCapture, makeTcpCapture } from './make-capture.mjs';
import { makeRtmpCapture } from './make-rtmp-capture.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const TIME_TOOL = '/usr/bin/time';

/** Runs a program to its end; peak memory and the time of all processors come from `time -v` where that is installed, and are unknown elsewhere. */
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
      const busy = [/User time \(seconds\): ([\d.]+)/, /System time \(seconds\): ([\d.]+)/].map((pattern) =>
        Number(pattern.exec(errors)?.[1] ?? Number.NaN),
      );
      resolve({
        seconds,
        busySeconds: busy[0] + busy[1],
        peakMb: peak ? Number(peak[1]) / 1024 : null,
        stdout: Buffer.concat(output).toString(),
      });
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
  const busy = median(runs.map((run) => run.busySeconds)).toFixed(2);
  return `| ${name} | ${seconds.toFixed(2)} s | ${spread} | ${busy} s | ${rate} | ${(bytes / 1e6 / seconds).toFixed(0)} MB/s | ${memory} |`;
}

/** Tapdeck's whole analysis against one of tshark's statistics, on the same capture. */
async function compareWithTshark(path, statistic, runs) {
  const bytes = (await stat(path)).size;
  const tapdeck = () => measure(process.execPath, [join(root, 'bin/tapdeck.mjs'), 'analyze', '--json', path]);
  const tshark = () => measure('tshark', ['-r', path, '-q', '-z', statistic]);
  // The first run of each only warms the file cache; what it prints is compared.
  const document = JSON.parse((await tapdeck()).stdout);
  const { packets } = document.capture;
  const streams = document.streams.filter((stream) => stream.transport === 'rtp');
  console.log(
    `\ncapture: ${(bytes / 1e6).toFixed(1)} MB, ${packets} packets, ${document.calls.length} calls, ${streams.length} RTP streams, ${document.conversations.tcp} TCP connections`,
  );
  const programs = [['tapdeck analyze --json', tapdeck]];
  if (tsharkVersion !== null) {
    const { stdout } = await tshark();
    const [ours, theirs, what] =
      statistic === 'conv,tcp'
        ? [document.conversations.tcp, count(stdout, /<->/), 'TCP connections']
        : [streams.length, count(stdout, / 0x[0-9A-F]{8} /), 'RTP streams'];
    console.log(`${what} found: tapdeck ${ours}, tshark ${theirs}`);
    programs.push([`tshark -q -z ${statistic}`, tshark]);
  }
  show(await alternate(programs, runs), packets, bytes, 'tshark / tapdeck');
  return { packets, bytes, format: document.capture.format };
}

const count = (text, pattern) => text.split('\n').filter((line) => pattern.test(line)).length;

/** Messages of audio and video, which both count. */
async function compareRtmp(path, runs) {
  const bytes = (await stat(path)).size;
  const tapdeck = () => measure(process.execPath, [join(root, 'bin/tapdeck.mjs'), 'analyze', '--json', path]);
  // Longer messages than 32 KiB are read when it is told so alone.
  const options = ['-o', 'rtmpt.max_packet_size:16777215', '-Y', 'rtmpt', '-T', 'fields', '-e', 'rtmpt.header.typeid'];
  const tshark = () => measure('tshark', ['-n', '-r', path, ...options]);
  const document = JSON.parse((await tapdeck()).stdout);
  const { packets } = document.capture;
  const messages = document.streams.reduce((sum, stream) => sum + stream.packets, 0);
  console.log(
    `\ncapture: ${(bytes / 1e6).toFixed(1)} MB, ${packets} packets, ${document.sessions.length} RTMP sessions, ${messages} messages of media`,
  );
  const programs = [['tapdeck analyze --json', tapdeck]];
  if (tsharkVersion !== null) {
    const theirs = (await tshark()).stdout.split(/[,\n]/).filter((type) => type === '0x08' || type === '0x09').length;
    console.log(`messages of media found: tapdeck ${messages} without parameters of codecs, tshark ${theirs}`);
    programs.push(['tshark -Y rtmpt', tshark]);
  }
  show(await alternate(programs, runs), packets, bytes, 'tshark / tapdeck');
}

async function compareReaders(path, { packets, bytes, format }, runs) {
  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-bench-reader-'));
  try {
    const own = await bundleOwnReader(folder);
    const readers = [['own reader alone', () => measure(process.execPath, [own, path])]];
    if (format === 'pcapng') {
      const other = join(root, 'bench/read-with-pcap-ng-parser.mjs');
      readers.push(['pcap-ng-parser alone', () => measure(process.execPath, [other, path])]);
    }
    const readings = await alternate(readers, runs);
    for (const [name, [first]] of readings) {
      const seen = Number(first.stdout);
      if (seen !== packets) console.log(`${name} gave ${seen} of ${packets} packets`);
    }
    show(readings, packets, bytes, 'pcap-ng-parser / own reader');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A table of all runs, and how many times as long as the first program the second one takes. */
function show(results, packets, bytes, title) {
  const [first] = results.values();
  console.log(`\n| program | median of ${first.length} | spread | processors | packets/s | file | peak memory |`);
  console.log('|---|---|---|---|---|---|---|');
  for (const [name, measured] of results) console.log(row(name, measured, packets, bytes));
  const [ours, theirs] = [...results.values()].map((all) => median(all.map((run) => run.seconds)));
  if (theirs !== undefined) console.log(`\n${title}: ${(theirs / ours).toFixed(2)} (above 1, Tapdeck is faster)`);
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
  options: {
    tcp: { type: 'string' },
    rtmp: { type: 'string' },
    runs: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '200' },
  },
});
const runs = Number(values.runs);
const megabytes = Number(values.megabytes);
const tsharkVersion = await versionOf('tshark');
console.log(`machine: ${cpus()[0].model}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`);
console.log(`node ${process.version}, ${tsharkVersion ?? 'tshark not installed'}`);

const folder = await mkdtemp(join(tmpdir(), 'tapdeck-bench-'));
const made = async (name, make) => {
  const path = join(folder, name);
  await make(path, megabytes);
  return path;
};
try {
  const calls = positionals[0] ?? process.env.TAPDECK_BENCH_CAPTURE ?? (await made('calls.pcapng', makeCapture));
  await compareReaders(calls, await compareWithTshark(calls, 'rtp,streams', runs), runs);
  const tcp = values.tcp ?? (await made('tcp.pcapng', makeTcpCapture));
  await compareWithTshark(tcp, 'conv,tcp', runs);
  await compareRtmp(values.rtmp ?? (await made('rtmp.pcapng', makeRtmpCapture)), runs);
} finally {
  await rm(folder, { recursive: true, force: true });
}
