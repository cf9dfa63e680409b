/**
 * Measures how long one waits for a picture in the window: from the click on the first video stream of a capture to the
 * first picture, to sound and picture running, and from a jump into its middle to the picture there.
 * `node bench/watch.mjs FILE [--runs 3]`. Build first: `npm run build`.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { _electron } from '@playwright/test';
import { runScript, say } from '../scripts/runtime/console.mjs';
import { withDisplay } from '../scripts/runtime/display.mjs';
import { resolveElectron } from '../scripts/runtime/electron.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string' } } });

await runScript(async () => {
  const runtime = await resolveElectron();
  await withDisplay(async (env) => {
    for (let run = 0; run < Number(values.runs ?? 3); run += 1) say(JSON.stringify(await watch(runtime, env)));
  });
});

async function watch({ executablePath, appArguments, chromiumSandbox }, env) {
  const userData = await mkdtemp(join(tmpdir(), 'tapdeck-watch-'));
  const args = [...appArguments, `--user-data-dir=${userData}`, resolve(positionals[0])];
  const app = await _electron.launch({ executablePath, args, chromiumSandbox, env: { ...env, LANG: 'en_US.UTF-8' } });
  const page = await app.firstWindow();
  await page.getByTestId('stop-reading').waitFor({ state: 'hidden' });
  await page.getByTestId('tab-streams').click();
  const row = page.getByTestId('grid-streams').locator('[role=row]', { hasText: 'video' }).first();
  await row.waitFor();
  // What is counted once the capture is read goes on for a moment.
  await page.waitForTimeout(3000);
  const times = {};
  let from = performance.now();
  const lap = (name) => {
    times[name] = Math.round(performance.now() - from);
  };
  await row.click();
  const video = page.locator('[data-testid=video] video');
  await page.waitForFunction(() => document.querySelector('[data-testid=video] video')?.readyState >= 2, null, {
    polling: 20,
  });
  lap('firstPictureMs');
  await page.getByTestId('video-play').click();
  await page.waitForFunction(() => document.querySelector('[data-testid=video] video').currentTime > 0.2, null, {
    polling: 20,
  });
  lap('playingMs');
  await page.getByTestId('video-play').click();
  from = performance.now();
  await page.getByTestId('video-seek').click();
  await page.waitForFunction(
    () => {
      const { currentTime, duration, seeking, readyState } = document.querySelector('[data-testid=video] video');
      return currentTime > duration / 3 && !seeking && readyState >= 2;
    },
    null,
    { polling: 20 },
  );
  lap('seekMs');
  const making = page.getByTestId('video-making');
  from = performance.now();
  if (await making.isVisible()) await making.waitFor({ state: 'hidden', timeout: 600_000 });
  lap('allMadeMs');
  times.seconds = Math.round(await video.evaluate(({ duration }) => duration));
  await app.close();
  await rm(userData, { recursive: true, force: true });
  return times;
}
