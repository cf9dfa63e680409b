#!/usr/bin/env node
// `npm run test:e2e -- [PLAYWRIGHT ARGUMENTS]`: the end-to-end tests in a real Electron, on a display in memory where
// there is none.
import { runEndToEndTests } from './runtime/tests.mjs';
import { runScript } from './runtime/console.mjs';

await runScript(async () => (await runEndToEndTests(process.argv.slice(2))).code);
