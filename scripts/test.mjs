#!/usr/bin/env node
// `npm test`: all unit tests, then all end-to-end tests in a real Electron. The last line sums both up.
import { runEndToEndTests, runUnitTests } from './runtime/tests.mjs';
import { runScript } from './runtime/console.mjs';

await runScript(async () => {
  const results = [await runUnitTests(), await runEndToEndTests()];
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  return results.every(({ code, failed }) => code === 0 && failed === 0) ? 0 : 1;
});
