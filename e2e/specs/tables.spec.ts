import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { answerSaveDialog } from '../support/dialogs';
import { samplePath, sampleTruth } from '../support/truth';

test.use({ appArgs: [samplePath] });

test('streams show the figures that were planned', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  for (const stream of sampleTruth.streams) {
    const row = window.streams.row(stream.ssrc);
    await expect(await window.streams.cell(row, 'Source')).toHaveText(stream.src);
    await expect(await window.streams.cell(row, 'Packets')).toHaveText(String(stream.packets));
    await expect(await window.streams.cell(row, 'Lost')).toHaveText(String(stream.lost));
    await expect(await window.streams.cell(row, 'Codec')).toHaveText(stream.codec);
  }
});

test('a title sorts up, down and back', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  await window.streams.expectRowCount(2);
  const packets = sampleTruth.streams.map((stream) => String(stream.packets)).sort((a, b) => Number(a) - Number(b));
  await window.streams.sortBy('Packets');
  await expect.poll(() => window.streams.columnTexts('Packets')).toEqual(packets);
  await window.streams.sortBy('Packets');
  await expect.poll(() => window.streams.columnTexts('Packets')).toEqual([...packets].reverse());
});

test('the filter narrows and its faults are shown where they are', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  await window.streams.filter('lost>10');
  await expect(window.streams.count).toHaveText('1 of 2');
  await expect(window.streams.row(sampleTruth.streams[0].src)).toBeVisible();
  await window.streams.filter('lost>');
  await expect(window.streams.root.getByRole('alert')).toBeVisible();
  await expect(window.streams.count).toHaveText('2 rows');
  await window.streams.filter('');
  await expect(window.streams.root.getByRole('alert')).toBeHidden();
});

test('conversations have a tab for each layer that has rows', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('conversations');
  for (const [layer, title] of [
    ['ethernet', 'Ethernet'],
    ['ipv4', 'IPv4'],
    ['tcp', 'TCP'],
    ['udp', 'UDP'],
  ] as const) {
    await page.getByRole('tab', { name: new RegExp(`^${title}\\b`) }).click();
    await window.conversations(layer).expectRowCount(sampleTruth.conversations[layer]);
  }
  await expect(page.getByRole('tab', { name: /^IPv6\b/ })).toHaveCount(0);
});

test('a table is saved as CSV, and its rows are copied with the keyboard', async ({ tapdeck, page, folder }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  await window.streams.expectRowCount(2);
  const path = join(folder, 'streams.csv');
  await answerSaveDialog(tapdeck.app, path);
  await window.streams.root.getByRole('button', { name: 'Save Streams as CSV' }).click();
  const linesOf = (text: string) => text.trim().split(/\r?\n/);
  await expect.poll(async () => linesOf(await readFile(path, 'utf8').catch(() => '')).length).toBe(3);
  const saved = await readFile(path, 'utf8');
  for (const { ssrc, src } of sampleTruth.streams) expect(saved).toMatch(new RegExp(`${src}.*${ssrc}`));

  await window.streams.rows.first().click();
  await page.keyboard.press('ControlOrMeta+a');
  await expect(window.streams.count).toContainText('2 selected');
  await page.keyboard.press('ControlOrMeta+c');
  const copied = () => tapdeck.app.evaluate(({ clipboard }) => clipboard.readText());
  await expect.poll(copied).toContain(sampleTruth.streams[1].ssrc);
  expect(await copied()).toContain('\t');
});
