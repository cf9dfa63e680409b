#!/usr/bin/env node
/**
 * Mutation fuzzing of every reader, of both decompressors and of the whole analysis.
 * `npm run fuzz -- [--minutes 1] [--first N] [--captures FOLDER]` goes on where `--first` says: inputs are numbered, and
 * the same number makes the same input of the same seeds. Seeds are the project's own captures and those in FOLDER
 * (TAPDECK_CAPTURES without it). An input that throws, hangs, takes too much memory or yields more than it holds is
 * saved to `.cache/fuzz`; `npm run fuzz -- --replay FILE` runs it again.
 */

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { Refusal, runScript } from './runtime/console.mjs';
import { repoRoot } from './runtime/paths.mjs';

/** No input takes a tenth of it, on a machine that does nothing else. */
const hangMs = 20_000;
const pollMs = 500;
const failureFolder = join(repoRoot, '.cache/fuzz');
/** More of the same tell nothing new. */
const maxFailures = 20;

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      first: { type: 'string', default: '0' },
      captures: { type: 'string', default: process.env.TAPDECK_CAPTURES ?? join(repoRoot, '../shared/captures') },
      replay: { type: 'string' },
    },
  });
  const minutes = Number(values.minutes);
  const first = Number(values.first);
  if (!(minutes > 0) || !Number.isSafeInteger(first) || first < 0) {
    throw new Refusal('--minutes and --first are positive numbers.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-fuzz-'));
  try {
    const script = await bundle(folder);
    if (values.replay !== undefined) return await replay(script, await readFile(values.replay), values.captures);
    return await fuzz(script, { minutes, first, captures: resolve(values.captures) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function bundle(folder) {
  await build({
    root: repoRoot,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: 'src-main/testing/fuzz/fuzz-worker.ts',
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'fuzz-worker.mjs' } },
    },
  });
  return join(folder, 'fuzz-worker.mjs');
}

async function fuzz(script, { minutes, first, captures }) {
  const until = Date.now() + minutes * 60_000;
  const startedAt = Date.now();
  const failures = [];
  let next = first;
  while (Date.now() < until && failures.length < maxFailures) {
    next = await runWorker(script, { captures, first: next, until, onFailure: (failure) => failures.push(failure) });
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(`${next - first} inputs in ${seconds} s, ${failures.length} failures; go on with --first ${next}`);
  const targets = new Set();
  for (const failure of failures) {
    const kind = `${failure.target}: ${failure.what.split('\n').slice(0, 2).join(' ')}`;
    if (targets.has(kind)) continue;
    targets.add(kind);
    const path = await save(failure);
    console.log(`\ninput ${failure.number} of ${failure.seedName}\n${failure.target}: ${failure.what}`);
    console.log(`npm run fuzz -- --replay ${path}`);
  }
  return failures.length > 0 ? 1 : 0;
}

/** Runs inputs until the time is over, the worker hangs, or it failed often; answers the number of the next input. */
function runWorker(script, { captures, first, until, onFailure }) {
  const clock = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
  const state = new Float64Array(clock);
  state[0] = first;
  const worker = start(script, { captures, clock, first, replay: null, makesOnly: false });
  let targets = [];
  let count = 0;
  return new Promise((done, failed) => {
    const end = async (next) => {
      clearInterval(timer);
      worker.removeAllListeners('exit');
      await worker.terminate();
      done(next);
    };
    const hang = async () => {
      const number = state[0];
      const target = targets[state[1]] ?? '';
      clearInterval(timer);
      await worker.terminate();
      const input = await makeInput(script, captures, number);
      onFailure({ ...input, target, what: `took longer than ${hangMs / 1000} s` });
      await end(number + 1);
    };
    const timer = setInterval(() => {
      const isRunning = state[2] > 0;
      if (isRunning && Date.now() - state[2] > hangMs) void hang();
      else if (Date.now() > until) void end(state[0] + 1);
      else if (process.stderr.isTTY) process.stderr.write(`\r${state[0]} inputs `);
    }, pollMs);
    worker.on('message', (message) => {
      if (message.targets) {
        targets = message.targets;
        console.log(`${message.seeds} seeds, targets: ${targets.join(', ')}`);
        return;
      }
      onFailure(message);
      count += 1;
      if (count >= maxFailures) void end(message.number + 1);
    });
    worker.on('error', (error) => {
      // Out of memory ends the worker; anything else is a fault of the harness.
      if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return failed(error);
      clearInterval(timer);
      void makeInput(script, captures, state[0]).then((input) => {
        onFailure({ ...input, target: targets[state[1]] ?? '', what: error.message });
        done(state[0] + 1);
      }, failed);
    });
  });
}

function makeInput(script, captures, number) {
  const clock = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
  const worker = start(script, { captures, clock, first: number, replay: null, makesOnly: true });
  return new Promise((done, failed) => {
    worker.on('message', done);
    worker.on('error', failed);
  });
}

function start(script, workerData) {
  return new Worker(script, {
    workerData: { root: repoRoot, ...workerData },
    resourceLimits: { maxOldGenerationSizeMb: 2048 },
  });
}

async function replay(script, bytes, captures) {
  const clock = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT);
  const worker = start(script, { captures, clock, first: 0, replay: new Uint8Array(bytes), makesOnly: false });
  const timer = setTimeout(() => void worker.terminate(), hangMs);
  let failure = null;
  worker.on('message', (message) => {
    if (message !== 'done') failure = message;
  });
  const isWhole = await new Promise((done, failed) => {
    worker.on('exit', (code) => done(code === 0));
    worker.on('error', failed);
  });
  clearTimeout(timer);
  if (!isWhole) console.log(`took longer than ${hangMs / 1000} s`);
  else console.log(failure ? `${failure.target}: ${failure.what}` : 'nothing was found');
  return isWhole && !failure ? 0 : 1;
}

async function save({ number, target, bytes }) {
  await mkdir(failureFolder, { recursive: true });
  const path = join(failureFolder, `${target}-${number}.bin`);
  await writeFile(path, bytes);
  return path;
}
