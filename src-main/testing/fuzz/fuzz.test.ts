import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fuzzInput, tryInput } from './fuzzer';
import { mutate, randomFrom } from './mutate';
import { ownSeeds } from './seeds';
import { fuzzTargets } from './targets';

const seeds = ownSeeds(resolve('.'));

describe('fuzzing', () => {
  it('finds nothing in the seeds and a few changes of each', { timeout: 120_000 }, async () => {
    for (let number = 0; number < 4 * seeds.length; number += 1) {
      const input = fuzzInput(seeds, number);
      const failure = await tryInput(input, fuzzTargets);
      expect(failure, `input ${number} of ${input.seedName}: npm run fuzz -- --first ${number}`).toBeNull();
    }
  });

  it('makes the same input of the same number, and another one of another', () => {
    const first = fuzzInput(seeds, 1234);
    expect(fuzzInput(seeds, 1234)).toEqual(first);
    expect(fuzzInput(seeds, 1235).bytes).not.toEqual(first.bytes);
    const random = randomFrom(7);
    const changed = Array.from({ length: 50 }, () => mutate(seeds[0].bytes, random, [seeds[1].bytes]));
    expect(changed.filter((bytes) => Buffer.compare(bytes, seeds[0].bytes) === 0).length).toBeLessThan(5);
  });

  it('tells of a target that throws, and of one that takes too much memory', async () => {
    const input = fuzzInput(seeds, 0);
    const thrower = {
      name: 'thrower',
      run: (bytes: Uint8Array) => {
        if (bytes.length > 0) throw new Error('boom');
      },
    };
    expect(await tryInput(input, [thrower])).toMatchObject({
      target: 'thrower',
      what: expect.stringContaining('boom'),
    });
    const kept: Uint8Array[] = [];
    const eater = { name: 'eater', run: () => void kept.push(new Uint8Array(1 << 30)) };
    expect(await tryInput({ ...input, bytes: new Uint8Array(9) }, [eater])).toMatchObject({ target: 'eater' });
  });
});
