import { mutate, randomFrom } from './mutate';
import type { FuzzSeed } from './seeds';
import type { FuzzTarget } from './targets';

/** Memory that one input may leave behind before it is collected: windows and tables of an empty analysis, and its own. */
const memoryBase = 256 << 20;
const memoryPerByte = 1024;

export interface FuzzInput {
  /** Of which seed, and which change of it: the same number makes the same input of the same seeds. */
  readonly number: number;
  readonly seedName: string;
  readonly bytes: Uint8Array;
}

/** What went wrong with an input. */
export interface FuzzFailure {
  readonly target: string;
  readonly what: string;
}

/** Input `number` of a run: its first ones are the seeds as they are. */
export function fuzzInput(seeds: readonly FuzzSeed[], number: number): FuzzInput {
  if (number < seeds.length) return { number, seedName: seeds[number].name, bytes: seeds[number].bytes };
  const random = randomFrom(number);
  const { name, bytes } = seeds[random(seeds.length)];
  const others = [seeds[random(seeds.length)].bytes];
  return { number, seedName: name, bytes: mutate(bytes, random, others) };
}

/** Runs an input through all targets; `onTarget` hears which one is next. */
export async function tryInput(
  input: Pick<FuzzInput, 'bytes' | 'number'>,
  targets: readonly FuzzTarget[],
  onTarget: (index: number) => void = () => undefined,
): Promise<FuzzFailure | null> {
  for (const [i, target] of targets.entries()) {
    onTarget(i);
    const before = usedMemory();
    try {
      // A copy: a target that changes its input would change that of the next.
      await target.run(new Uint8Array(input.bytes), randomFrom(input.number));
    } catch (error) {
      return { target: target.name, what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    const grown = usedMemory() - before;
    const bound = memoryBase + memoryPerByte * input.bytes.length;
    if (grown > bound) return { target: target.name, what: `took ${Math.round(grown / 2 ** 20)} MiB of memory` };
  }
  return null;
}

function usedMemory(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}
