import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e/specs',
  outputDir: 'test-results',
  globalSetup: './scripts/runtime/e2e-setup.mjs',
  // Each test starts its own Electron: one at a time, so that playback and timing are not disturbed.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A machine that is busy with something else may be late once; what fails twice is broken.
  retries: process.env['CI'] ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
});
