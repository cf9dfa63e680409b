import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '#shared/base/assert';
import { fuzzInput, tryInput } from './fuzzer';
import { ownSeeds, realSeeds } from './seeds';
import { fuzzTargets } from './targets';

/** What the script gives the worker. */
interface FuzzJob {
  readonly root: string;
  readonly captures: string;
  readonly first: number;
  /** Present input, target, and when it was begun, ms since 1970: seen from outside while this thread hangs. */
  readonly clock: SharedArrayBuffer;
  /** Bytes of a failing input to run instead of made ones. */
  readonly replay: Uint8Array | null;
  /** Only makes input `first` and gives its bytes: those of an input that another worker hangs in. */
  readonly makesOnly: boolean;
}

assert(parentPort, 'runs in a worker');
const port = parentPort;
const { captures, clock, first, makesOnly, replay, root } = workerData as FuzzJob;
const state = new Float64Array(clock);

async function attempt(number: number, seedName: string, bytes: Uint8Array): Promise<void> {
  state[0] = number;
  const failure = await tryInput({ number, bytes }, fuzzTargets, (target) => {
    state[1] = target;
    state[2] = performance.timeOrigin + performance.now();
  });
  if (failure) port.postMessage({ ...failure, number, seedName, bytes });
}

if (replay) {
  await attempt(0, 'replay', replay);
  port.postMessage('done');
} else {
  const seeds = [...ownSeeds(root), ...realSeeds(captures)];
  if (makesOnly) port.postMessage({ ...fuzzInput(seeds, first), target: '', what: '' });
  else port.postMessage({ seeds: seeds.length, targets: fuzzTargets.map(({ name }) => name) });
  for (let number = first; !makesOnly; number += 1) {
    const { seedName, bytes } = fuzzInput(seeds, number);
    await attempt(number, seedName, bytes);
  }
}
