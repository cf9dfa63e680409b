/** Writes every sample and fixture of the project: `npm run samples`. The same bytes every run. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAllFiles } from './samples/all.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
for (const [path, bytes] of buildAllFiles()) {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, bytes);
  console.log(`${path}  ${bytes.length} bytes`);
}
