import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/electron-app';
import { Video } from '../pages/video';
import { Workbench } from '../pages/workbench';
import { answerSaveDialog } from '../support/dialogs';
import { fixture } from '../support/truth';

const path = fixture('video-h264.pcap');
const truth = JSON.parse(readFileSync(fixture('video-h264.truth.json'), 'utf8')) as {
  readonly packets: number;
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  readonly keyPictures: number;
  readonly damagedPicture: number;
  /** Pictures that the clean way leaves out. */
  readonly leftOut: number;
};
const squares = 16;

async function open(page: Page): Promise<{ window: Workbench; video: Video }> {
  const window = new Workbench(page);
  const video = new Video(page);
  await window.open(path, truth.packets);
  await window.show('streams');
  await window.streams.rows.first().click();
  await video.expectState('ready');
  await expect(video.root).toHaveAttribute('data-frames', String(truth.pictures));
  return { window, video };
}

test('a video stream plays: the position, the pictures and the playhead go on', async ({ page }) => {
  const { window, video } = await open(page);
  await window.player.expectState('video');
  await video.playButton.click();
  await video.expectState('playing');
  await expect.poll(() => video.currentTime()).toBeGreaterThan(0.4);
  const seen = await video.frame();
  await expect.poll(() => video.frame()).toBeGreaterThan(seen + 3);
  await video.playButton.click();
  await video.expectState('ready');
  await video.playButton.click();
  // It plays to its end and stops by itself.
  await video.expectState('ready');
  await expect.poll(() => video.frame(), { timeout: 15_000 }).toBe(truth.pictures - 1);
});

test('pictures are stepped through one by one, each with its own pixels', async ({ page }) => {
  const { video } = await open(page);
  await expect.poll(() => video.brightSquare()).toBe(0);
  for (const expected of [1, 2, 3, 4]) {
    await video.step('forward');
    await expect(video.root).toHaveAttribute('data-frame', String(expected));
    await expect.poll(() => video.brightSquare()).toBe(expected % squares);
  }
  await video.step('back');
  await expect(video.root).toHaveAttribute('data-frame', '3');
  await expect.poll(() => video.brightSquare()).toBe(3);
});

test('damage is marked, and shown in either of two ways', async ({ page }) => {
  const { video } = await open(page);
  const damaged = truth.damagedPicture;
  // As captured: nothing is left out, so nothing stands between the two facts.
  await expect(video.facts).toContainText(/Damaged1Sound/);
  await expect(video.facts).toContainText(`Key${truth.keyPictures}`);
  await page.getByRole('button', { name: 'Next damaged picture' }).click();
  await expect(video.root).toHaveAttribute('data-frame', String(damaged));
  await expect(page.getByTestId('video-damaged')).toContainText('1 packet lost');

  await video.choose('Clean');
  await expect(video.facts).toContainText(`Left out${truth.leftOut}`);
  // The last whole picture stands where the damaged one would be.
  await page.keyboard.press('ControlOrMeta+Home');
  await page.getByRole('button', { name: 'Next damaged picture' }).click();
  await expect(video.root).toHaveAttribute('data-frame', String(damaged - 1));
  await expect.poll(() => video.brightSquare()).toBe((damaged - 1) % squares);
  await video.step('forward');
  await expect(video.root).toHaveAttribute('data-frame', String(damaged + truth.leftOut));
});

test('a picture is saved, and leads to its packets', async ({ tapdeck: { app, page }, folder }) => {
  const { window, video } = await open(page);
  await video.step('forward');
  await expect(video.root).toHaveAttribute('data-frame', '1');
  const target = join(folder, 'picture.png');
  await answerSaveDialog(app, target);
  await page.getByTestId('video-save').click();
  const size = async (): Promise<string> => {
    const bytes = await readFile(target).catch(() => Buffer.alloc(24));
    return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
  };
  await expect.poll(size).toBe(`${truth.width}x${truth.height}`);
  await page.getByTestId('video-stage').click();
  await expect(window.panel('packets')).toBeVisible();
  // A picture that is no key picture fits into one packet.
  await window.packets.expectRowCount(1);
});
