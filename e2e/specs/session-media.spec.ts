import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '../fixtures/electron-app';
import { Video } from '../pages/video';
import { Workbench } from '../pages/workbench';
import { answerSaveDialog } from '../support/dialogs';
import { probeVideo } from '../support/probe';

/** Recordings of real peers; without them there is nothing to look at. */
const folder = resolve(process.env['TAPDECK_CAPTURES'] ?? '../shared/captures', 'live');

const cases = [
  { name: 'RTMP', path: 'rtmp/play_loopback_1935.pcapng', pictures: 300, seconds: 12 },
  { name: 'HLS', path: 'hls/plain_keepalive_8088.pcapng', pictures: 180, seconds: 12 },
  { name: 'a camera', path: 'camera/camera_getloop_8081.pcapng', pictures: 320, seconds: 23.3 },
] as const;

for (const { name, path, pictures, seconds } of cases) {
  const capture = join(folder, path);
  test(`${name} is seen and saved`, async ({ tapdeck, page, folder: own }) => {
    test.skip(!existsSync(capture), `${capture} is not there`);
    const window = new Workbench(page);
    const video = new Video(page);
    await window.drop(capture);
    await expect(page.getByTestId('stop-reading')).toBeHidden();
    await window.show('sessions');
    await window.sessions.rows.first().click();
    await expect(video.root).toHaveAttribute('data-frames', String(pictures), { timeout: 40_000 });
    await video.expectState('ready');
    await window.player.expectState('video');
    await video.playButton.click();
    await expect.poll(() => video.currentTime(), { timeout: 20_000 }).toBeGreaterThan(0.4);
    expect(await video.brightness()).toBeGreaterThan(5);
    await video.playButton.click();

    const target = join(own, 'film.mp4');
    await answerSaveDialog(tapdeck.app, target);
    await window.exportSelected('session', 'mp4');
    await expect(window.jobs.inState('done')).toHaveCount(1, { timeout: 40_000 });
    const film = await probeVideo(target);
    expect(film).toMatchObject({ codec: 'h264', pixelFormat: 'yuv420p', pictures });
    expect(Math.abs(film.durationSeconds - seconds)).toBeLessThan(0.1);
  });
}
