import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { answerSaveDialog } from '../support/dialogs';
import { writeLongCall } from '../support/large-captures';
import { decodeAudio, probeAudio } from '../support/probe';
import { toneLevel } from '../support/signal';
import { samplePath, sampleTruth } from '../support/truth';

const [caller, callee] = sampleTruth.streams;

for (const { format, codec } of [
  { format: 'mp4', codec: 'aac' },
  { format: 'wav', codec: 'pcm_s16le' },
  { format: 'au', codec: /^pcm_(s16be|mulaw)$/ },
] as const) {
  test(`a call saved as ${format} keeps its length and both sides`, async ({ tapdeck, page, folder }) => {
    const window = new Workbench(page);
    await window.open(samplePath, sampleTruth.packets);
    await window.show('calls');
    await window.calls.rows.first().click();
    const { durationSeconds } = await window.player.model();
    const path = join(folder, `call.${format}`);
    await answerSaveDialog(tapdeck.app, path);
    await window.exportSelected('call', format);
    await expect(window.jobs.inState('done')).toHaveCount(1);
    await expect(window.jobs.entries.first()).toContainText(path);

    const probe = await probeAudio(path);
    expect(probe.codec).toMatch(codec);
    expect(probe.channels).toBe(2);
    expect(Math.abs(probe.durationSeconds - durationSeconds)).toBeLessThan(0.05);
    const { channels, sampleRateHz } = await decodeAudio(path, 2, 8000);
    for (const [samples, own, other] of [
      [channels[0], caller.toneHz, callee.toneHz],
      [channels[1], callee.toneHz, caller.toneHz],
    ] as const) {
      expect(toneLevel(samples, sampleRateHz, own, 1, 2)).toBeGreaterThan(0.04);
      expect(toneLevel(samples, sampleRateHz, other, 1, 2)).toBeLessThan(0.01);
    }
  });
}

test('leaving the save dialog exports nothing', async ({ tapdeck, page }) => {
  const window = new Workbench(page);
  await window.open(samplePath, sampleTruth.packets);
  await window.show('calls');
  await window.calls.rows.first().click();
  await answerSaveDialog(tapdeck.app, null);
  await window.exportSelected('call', 'wav');
  await page.getByTestId('jobs-button').click();
  await expect(window.jobs.tray).toContainText('No exports yet');
});

test('a cancelled export leaves nothing behind', async ({ tapdeck, page, folder }) => {
  const window = new Workbench(page);
  const path = join(folder, 'long.pcap');
  const { packets } = await writeLongCall(path, 1200);
  await window.open(path, packets);
  await window.show('streams');
  await window.streams.expectRowCount(2);
  await window.streams.rows.first().click();
  const before = (await readdir(folder)).sort();
  await answerSaveDialog(tapdeck.app, join(folder, 'long.mp4'));
  await window.exportSelected('stream', 'mp4');
  const running = window.jobs.inState('running');
  await expect(running.getByRole('progressbar')).toBeVisible();
  await running.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.jobs.inState('cancelled')).toHaveCount(1);
  expect((await readdir(folder)).sort()).toEqual(before);
});
