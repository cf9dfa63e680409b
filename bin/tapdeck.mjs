#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../out/main/cli.cjs', import.meta.url));
if (existsSync(program)) {
  await import(program);
} else {
  process.stderr.write('tapdeck: the program is not built yet: run `npm run build` in its folder.\n');
  process.exitCode = 1;
}
