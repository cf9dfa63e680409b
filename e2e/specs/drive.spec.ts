import { existsSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '../fixtures/electron-app';
import { Video } from '../pages/video';
import { Workbench } from '../pages/workbench';
import { fixture } from '../support/truth';

/** Captures that are too large to lie beside the tests; those that need them are passed over without. */
const folder = resolve(process.env['TAPDECK_CAPTURES'] ?? '../shared/captures');
const capture = (name: string): string => join(folder, 'live/drive', name);
const hasCaptures = existsSync(capture('drive_complete.pcap'));

for (const { name, packets, isPieced } of [
  { name: 'drive_complete.pcap', packets: 5883, isPieced: false },
  { name: 'drive_loss30.pcap', packets: 4102, isPieced: true },
]) {
  test(`${name} plays without signalling: picture, sound, seeking`, async ({ page }) => {
    test.skip(!hasCaptures, 'the captures are not there');
    const window = new Workbench(page);
    const video = new Video(page);
    await window.open(capture(name), packets);
    await window.show('streams');
    await window.streams.rows.filter({ hasText: 'video' }).first().click();
    await video.expectState('ready');
    // Seeking into what whole key pictures are before shows the colours of the test picture.
    await page.getByTestId('video-seek').click();
    await expect.poll(() => video.currentTime()).toBeGreaterThan(30);
    await expect.poll(() => video.colours(), { timeout: 30_000 }).toBeGreaterThan(5);
    await video.playButton.click();
    await video.expectState('playing');
    const before = await video.currentTime();
    await expect.poll(() => video.currentTime()).toBeGreaterThan(before + 1);
    await expect.poll(() => video.decodedSoundBytes()).toBeGreaterThan(1000);
    await video.playButton.click();
    if (isPieced) await expect(page.getByTestId('video-making')).toBeHidden({ timeout: 60_000 });
    // Small pictures stand in the lane of the overview.
    await window.show('overview');
    await expect(page.locator('[data-pictures] img').first()).toBeVisible();
  });
}

test('the passphrase of a wireless network leads to its video; a wrong one says so', async ({ page }) => {
  test.skip(!hasCaptures, 'the captures are not there');
  const window = new Workbench(page);
  await window.open(capture('drive_wpa2.pcapng'), 2823);
  await window.run('Decryption Keys…');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Passphrase').fill('not-the-passphrase');
  await dialog.getByRole('button', { name: 'Decrypt' }).click();
  await expect(dialog.getByText('wrong key')).toBeVisible();
  const truth = readFileSync(capture('drive_wpa2.truth.json'), 'utf8');
  const passphrase = /"passphrase": "([^"]+)"/.exec(truth)?.[1] ?? '';
  await dialog.getByLabel('Passphrase').fill(passphrase);
  await dialog.getByRole('button', { name: 'Decrypt' }).click();
  await expect(dialog.getByText('decrypted', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await window.show('streams');
  const video = new Video(page);
  await window.streams.rows.filter({ hasText: 'video' }).first().click();
  await video.expectState('ready');
  await expect.poll(() => video.colours()).toBeGreaterThan(5);
});

const truth = JSON.parse(readFileSync(fixture('video-h264.truth.json'), 'utf8')) as { readonly packets: number };

for (const { how, script } of [
  { how: 'is killed', script: 'kill -9 $$' },
  { how: 'hangs', script: 'exec sleep 600' },
]) {
  test(`an ffmpeg that ${how} is reported, and the window lives`, async ({ launch, folder: own }) => {
    test.skip(process.platform === 'win32', 'the stand-in is a shell script');
    const standIn = join(own, 'ffmpeg');
    const version = 'echo "ffmpeg version 5.1.6 Copyright (c) 2000-2024 the FFmpeg developers"; exit 0';
    await writeFile(standIn, `#!/bin/sh\nif [ "$1" = -version ]; then ${version}; fi\n${script}\n`);
    await chmod(standIn, 0o755);
    const { page } = await launch({ env: { FFMPEG_BIN: standIn } });
    const window = new Workbench(page);
    const video = new Video(page);
    await window.open(fixture('video-h264.pcap'), truth.packets);
    await window.show('streams');
    await window.streams.rows.first().click();
    const making = page.getByTestId('video-making');
    await expect(making).toHaveAttribute('data-state', 'failed', { timeout: 45_000 });
    await expect(making).toContainText('ffmpeg');
    // What needs no ffmpeg still plays.
    await video.choose('Clean');
    await expect.poll(() => video.brightSquare()).toBe(0);
  });
}
