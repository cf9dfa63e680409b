import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import { FileSource } from '../workers/file-source';

/** A folder of real captures with truth files; tests that need it are skipped, by name, where it is not. */
const folder = resolve(process.env.TAPDECK_CAPTURES ?? '../shared/captures');
export const hasCaptures = existsSync(folder);

/** tshark is there to check numbers against. */
export const hasTshark = spawnSync('tshark', ['--version'], { stdio: 'ignore' }).status === 0;

export function capturePath(name: string): string {
  return join(folder, name);
}

/** Names of the captures below a folder of the collection, relative to it. */
export function capturesIn(under: string, pattern: RegExp): string[] {
  if (!hasCaptures) return [];
  return readdirSync(join(folder, under), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(under, name))
    .sort();
}

/** Values of `fields` for each frame of a capture, as tshark prints them; repeated fields are joined by commas. */
export function tsharkFields(path: string, fields: readonly string[], ...options: readonly string[]): string[][] {
  const args = ['-n', '-r', path, ...options, '-T', 'fields', '-E', 'separator=|', ...fields.flatMap((f) => ['-e', f])];
  // It fails on a file that is cut, after it has shown what is there.
  const { stdout } = spawnSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('|'));
}

/** The whole analysis of a file, in this thread. */
export function analyse(path: string): CaptureAnalysis {
  const opened = CaptureAnalysis.open(new FileSource(path));
  if (!opened.ok) throw new Error(`${path}: ${opened.error.message}`);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return opened.value;
}
