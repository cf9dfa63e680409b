import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSpill } from './file-spill';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapdeck-spill-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('FileSpill', () => {
  it('gives back what was kept, in the file or not yet', () => {
    const piece = fc.record({ length: fc.integer({ min: 1, max: 700_000 }), flushes: fc.boolean() });
    let run = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pieces, at) => {
          run += 1;
          const spill = new FileSpill(join(folder, `kept-${run}`));
          const whole: Uint8Array[] = [];
          for (const [i, { length, flushes }] of pieces.entries()) {
            const bytes = Uint8Array.from({ length: length + 2 }, (_, k) => (k * 7 + i) & 0xff);
            expect(spill.append(bytes, 1, length + 1)).toBe(true);
            whole.push(bytes.subarray(1, length + 1));
            if (flushes) spill.flush();
          }
          const expected = Buffer.concat(whole);
          expect(spill.size).toBe(expected.length);
          const from = Math.floor(at * expected.length);
          const target = new Uint8Array(expected.length);
          const got = spill.read(from, target);
          expect(Buffer.from(target.subarray(0, got)).equals(expected.subarray(from))).toBe(true);
          spill.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('makes a file that nobody else may read, and leaves none', () => {
    const path = join(folder, 'kept');
    const spill = new FileSpill(path);
    expect(existsSync(path)).toBe(false);
    spill.append(Uint8Array.of(1), 0, 1);
    spill.flush();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    spill.close();
    expect(existsSync(path)).toBe(false);
  });

  it('keeps nothing where nothing can be written', () => {
    const spill = new FileSpill(join(folder, 'no', 'such', 'folder'));
    expect(spill.append(new Uint8Array(2 << 20), 0, 2 << 20)).toBe(false);
    expect(spill.size).toBe(0);
  });
});
