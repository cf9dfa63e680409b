import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures/electron-app';
import { Grid } from '../pages/grid';
import { Video } from '../pages/video';
import { Workbench } from '../pages/workbench';
import { interleavedCapture, rtpOf, rtspUrl } from '../support/rtsp-capture';
import { fixture } from '../support/truth';

const source = fixture('video-h264.pcap');
const truth = JSON.parse(readFileSync(fixture('video-h264.truth.json'), 'utf8')) as {
  readonly packets: number;
  readonly pictures: number;
};

test('media inside an RTSP connection is found, shown and told with its session', async ({ page, folder }) => {
  const path = join(folder, 'camera.pcap');
  writeFileSync(path, interleavedCapture(source));
  const window = new Workbench(page);
  const video = new Video(page);
  await window.open(path, rtpOf(source).length + 6);
  await page.getByTestId('activity-sessions').click();
  const sessions = new Grid(page, 'sessions');
  await sessions.expectRowCount(1);
  await expect(sessions.row(rtspUrl, 'playing')).toBeVisible();
  await sessions.rows.first().click();
  await page.getByTestId('tab-session').click();
  await page.getByTestId('session-session-messages').click();
  const messages = new Grid(page, 'session-messages');
  await messages.expectRowCount(6);
  // Selected as a whole, the session shows its picture.
  await page.getByTestId('tab-video').click();
  await video.expectState('ready');
  await expect(video.root).toHaveAttribute('data-frames', String(truth.pictures));
  await expect.poll(() => video.brightSquare()).toBe(0);
});

test('a stream is sent again, and stopped', async ({ page }) => {
  const socket = createSocket('udp4');
  const packets: Buffer[] = [];
  socket.on('message', (packet) => packets.push(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const window = new Workbench(page);
  await window.open(source, truth.packets);
  await window.show('streams');
  await window.streams.rows.first().click();
  await page.getByTestId('export-menu').click();
  await page.getByTestId('replay-stream').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Send to').fill(`127.0.0.1:${socket.address().port}`);
  await dialog.getByLabel('Speed').fill('10');
  await dialog.getByLabel('Begin again at the end').check();
  await dialog.getByRole('button', { name: 'Replay' }).click();
  const expected = rtpOf(source).map(({ packet }) => packet);
  await expect.poll(() => packets.length).toBeGreaterThan(expected.length);
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await expect(dialog.getByRole('button', { name: 'Stop' })).toBeDisabled();
  socket.close();
  expect(Buffer.concat(packets.slice(0, expected.length)).equals(Buffer.concat(expected))).toBe(true);
});
