/**
 * Takes pictures of every panel, dark and light, in two sizes: `npm run screenshots`. All go to a temporary folder that
 * is named at the end; the ones that the README shows go to docs/images.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { _electron } from '@playwright/test';
import { ensureBuilt } from './runtime/build.mjs';
import { runScript, say } from './runtime/console.mjs';
import { withDisplay } from './runtime/display.mjs';
import { resolveElectron } from './runtime/electron.mjs';
import { repoRoot } from './runtime/paths.mjs';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const themes = ['Dark', 'Light'];
const panels = [
  'overview',
  'calls',
  'streams',
  'conversations',
  'packets',
  'diagnostics',
  'call-flow',
  'message',
  'rtp-analysis',
];
const videoCapture = join(repoRoot, 'e2e/fixtures/captures/video-h264.pcap');
/** Name of a picture -> its name in docs/images. */
const chosen = new Map([
  ['calls-dark-1280', 'calls-dark.png'],
  ['overview-light-1280', 'overview-light.png'],
  ['rtp-graphs-dark-1280', 'rtp-analysis-dark.png'],
]);

await runScript(async () => {
  await ensureBuilt();
  const runtime = await resolveElectron();
  const images = join(repoRoot, 'docs/images');
  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-screenshots-'));
  await mkdir(images, { recursive: true });
  await withDisplay(async (env) => {
    for (const size of sizes) {
      for (const theme of themes) await takePictures(runtime, env, { size, theme, folder, images });
    }
    await rm(join(folder, 'user-data'), { recursive: true, force: true });
  });
  say(`pictures in ${folder}; those of the README in ${images}`);
});

async function takePictures(runtime, env, { size, theme, folder, images }) {
  const suffix = `${theme.toLowerCase()}-${size.width}`;
  const userData = join(folder, 'user-data', suffix);
  const args = [...runtime.appArguments, `--user-data-dir=${userData}`, '--force-device-scale-factor=1'];
  const { executablePath, chromiumSandbox } = runtime;
  const app = await _electron.launch({ executablePath, args, chromiumSandbox, env: { ...env, LANG: 'en_US.UTF-8' } });
  const page = await app.firstWindow();
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0].setContentSize(width, height);
  }, size);
  await page.waitForFunction(({ width }) => innerWidth === width, size);
  const picture = async (name) => {
    const file = `${name}-${suffix}`;
    await page.screenshot({ path: join(folder, `${file}.png`) });
    const forReadme = chosen.get(file);
    if (forReadme) await page.screenshot({ path: join(images, forReadme) });
  };
  const run = async (command) => {
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByRole('textbox', { name: 'Search commands and recent files' }).fill(command);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Search commands and recent files' }).waitFor({ state: 'hidden' });
  };

  await page.getByTestId('welcome').waitFor();
  await run(`${theme} Theme`);
  await picture('welcome');
  await page.getByTestId('open-sample').click();
  await page.getByTestId('activity-calls').click();
  await page.getByTestId('grid-calls').locator('[role=row][data-testid^="row-"]').first().click();
  await page.locator('[data-testid=player][data-state=ready]').waitFor();
  // Into the lost stretch in the middle, so that the playhead shows in every panel.
  await page.getByRole('group', { name: 'Waveform' }).click();
  await page.locator('[data-testid=player]:not([data-position="0.000"])').waitFor();
  for (const panel of panels) {
    await page.getByTestId(`tab-${panel}`).click();
    await page.getByTestId(`panel-${panel}`).waitFor();
    await page.waitForLoadState('networkidle');
    await picture(panel);
  }
  await page.getByTestId('tab-packets').click();
  await page.getByTestId('grid-packets').locator('[role=row][data-testid^="row-"]').nth(4).click();
  for (const [name, command] of [
    ['packet-detail', 'Packet Layers and Bytes'],
    ['follow-stream', 'Follow Stream of Packet'],
  ]) {
    await run(command);
    await page.getByTestId(`panel-${name}`).waitFor();
    await picture(name);
  }
  await page.getByTestId('tab-streams').click();
  await run('RTP Analysis');
  await page.getByTestId('panel-rtp-analysis').getByText('Graphs').click();
  await page.getByTestId('panel-rtp-analysis').locator('canvas').first().waitFor();
  await picture('rtp-graphs');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('textbox', { name: 'Search commands and recent files' }).waitFor();
  await picture('palette');
  await page.keyboard.press('Escape');

  await openCapture(app, page, videoCapture);
  await page.getByTestId('tab-streams').click();
  await page.getByTestId('grid-streams').locator('[role=row][data-testid^="row-"]').first().click();
  await page.locator('[data-testid=video][data-state=ready]').waitFor();
  await page.waitForFunction(() => document.querySelector('[data-testid=video] video').readyState >= 2);
  await picture('video');
  await page.getByTestId('tab-overview').click();
  await page.locator('[data-pictures] img').first().waitFor();
  await picture('thumbnails');
  for (const [name, command] of [
    ['decode-as', 'Decode As'],
    ['keys', 'Decryption Keys'],
  ]) {
    await run(command);
    await page.getByRole('dialog').waitFor();
    await picture(name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  await app.close();
}

/** Opens a file by the dialog, which answers for the person. */
async function openCapture(app, page, path) {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
  }, path);
  await page.keyboard.press('ControlOrMeta+o');
  await page.locator('header', { hasText: basename(path) }).waitFor();
  await page.getByTestId('stop-reading').waitFor({ state: 'hidden' });
}
