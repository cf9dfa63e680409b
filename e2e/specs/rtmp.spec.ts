import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures/electron-app';
import { Grid } from '../pages/grid';
import { Video } from '../pages/video';
import { Workbench } from '../pages/workbench';
import { answerSaveDialog } from '../support/dialogs';
import { fixture } from '../support/truth';

const source = fixture('rtmp-play.pcapng');
const truth = JSON.parse(readFileSync(fixture('rtmp-play.truth.json'), 'utf8')) as {
  readonly url: string;
  readonly packets: number;
  readonly pictures: number;
  readonly soundMessages: number;
};

test('a stream over RTMP is told as its commands say it, seen, and saved as it was sent', async ({
  tapdeck,
  page,
  folder,
}) => {
  const window = new Workbench(page);
  const video = new Video(page);
  await window.open(source, truth.packets);
  await window.show('sessions');
  await window.sessions.expectRowCount(1);
  await expect(window.sessions.row(truth.url, 'playing')).toBeVisible();
  await window.sessions.rows.first().click();

  await page.getByTestId('tab-session').click();
  const facts = page.getByRole('group', { name: 'Facts about the session' });
  await expect(facts).toContainText(`ffmpeg -i ${truth.url} -c copy square.flv`);
  await expect(facts).toContainText('rtmpdump -r rtmp://198.51.100.62:8085/live -a live');
  await expect(facts.getByRole('row', { name: 'onMetaData.width 64' })).toBeVisible();

  await page.getByTestId('session-session-messages').click();
  const messages = new Grid(page, 'session-messages');
  const commands = 11;
  await messages.expectRowCount(3 + commands + 1 + truth.pictures + truth.soundMessages);
  await messages.filter('label:connect');
  await messages.row("connect('live')").click();
  await page.getByTestId('tab-message').click();
  await expect(page.getByTestId('panel-message')).toContainText('rtmp://198.51.100.62:8085/live');

  await page.getByTestId('tab-video').click();
  await video.expectState('ready');
  await expect(video.root).toHaveAttribute('data-frames', String(truth.pictures));
  await expect.poll(() => video.brightSquare()).toBe(0);
  await video.step('forward');
  await expect.poll(() => video.brightSquare()).toBe(1);

  const target = join(folder, 'square.flv');
  await answerSaveDialog(tapdeck.app, target);
  await window.exportSelected('session', 'flv');
  await expect(window.jobs.inState('done')).toHaveCount(1);
  expect(readFileSync(target).toString('latin1', 0, 3)).toBe('FLV');
});
