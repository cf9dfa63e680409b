import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { decodeWav, peakLevel, toneLevel } from '../support/signal';
import { fixture, fixtureTruths, samplePath, sampleTruth } from '../support/truth';

const [caller, callee] = sampleTruth.streams;

test('a call plays: the position advances and both sides sound', async ({ page }) => {
  const window = new Workbench(page);
  await window.open(samplePath, sampleTruth.packets);
  await window.show('calls');
  await window.calls.rows.first().click();
  await window.player.expectState('ready');
  expect(await window.player.position()).toBe(0);
  await window.player.playButton.click();
  await window.player.expectState('playing');
  await expect.poll(() => window.player.position()).toBeGreaterThan(0.5);
  const heard = await window.player.position();
  await expect.poll(() => window.player.position()).toBeGreaterThan(heard + 0.5);
  // The marker tones alone are louder than this.
  await expect.poll(() => window.player.level(0)).toBeGreaterThan(0.02);
  await expect.poll(() => window.player.level(1)).toBeGreaterThan(0.02);
  await window.player.playButton.click();
  await window.player.expectState('ready');
  const paused = await window.player.position();
  await page.keyboard.press('ControlOrMeta+Home');
  await expect.poll(() => window.player.position()).toBeLessThan(Math.min(0.1, paused));
});

test('Space on a call plays it to its end', async ({ page }) => {
  const window = new Workbench(page);
  const name = 'nanosecond-big-endian.pcap';
  await window.open(fixture(name), fixtureTruths[name].packets);
  await window.show('calls');
  await window.calls.rows.first().click();
  await page.keyboard.press('Space');
  await window.player.expectState('playing');
  const duration = await window.player.duration();
  await expect.poll(() => window.player.position(), { timeout: 20_000 }).toBeGreaterThan(duration - 0.2);
  await window.player.expectState('ready');
});

test('the caller is on the left, the callee on the right, and what was lost is silent', async ({ page }) => {
  const window = new Workbench(page);
  await window.open(samplePath, sampleTruth.packets);
  const { url, durationSeconds } = await window.player.model();
  expect(Math.abs(durationSeconds - sampleTruth.talkSeconds)).toBeLessThan(0.1);
  const whole = await window.player.fetchArtifact(url);
  expect(whole.status).toBe(200);
  const { channels, sampleRateHz } = decodeWav(whole.bytes);
  expect(channels).toHaveLength(2);
  expect(channels[0].length / sampleRateHz).toBeCloseTo(durationSeconds, 2);
  for (const [samples, own, other] of [
    [channels[0], caller.toneHz, callee.toneHz],
    [channels[1], callee.toneHz, caller.toneHz],
  ] as const) {
    for (const from of [0.5, 2.5, 6, 8.2]) {
      expect(toneLevel(samples, sampleRateHz, own, from, from + 0.5)).toBeGreaterThan(0.04);
      expect(toneLevel(samples, sampleRateHz, other, from, from + 0.5)).toBeLessThan(0.005);
    }
  }
  // 20 packets of the caller never came: sequence numbers 240 to 259 of 20 ms each.
  expect(peakLevel(channels[0], sampleRateHz, 4.85, 5.15)).toBe(0);
  expect(peakLevel(channels[1], sampleRateHz, 4.85, 5.15)).toBeGreaterThan(0.04);
});

test('a part of the sound can be fetched by its range', async ({ page }) => {
  const window = new Workbench(page);
  await window.open(samplePath, sampleTruth.packets);
  const { url } = await window.player.model();
  const whole = await window.player.fetchArtifact(url);
  const part = await window.player.fetchArtifact(url, 'bytes=1000-1999');
  expect(part.status).toBe(206);
  expect(part.contentRange).toBe(`bytes 1000-1999/${whole.bytes.length}`);
  expect(part.bytes.equals(whole.bytes.subarray(1000, 2000))).toBe(true);
});

test('streams without signalling can be heard too', async ({ page }) => {
  const window = new Workbench(page);
  const truth = fixtureTruths['rtp-only.pcap'];
  await window.open(fixture('rtp-only.pcap'), truth.packets);
  await window.show('streams');
  await window.streams.expectRowCount(2);
  await window.streams.rows.first().click();
  await window.player.expectState('ready');
  await page.keyboard.press('Space');
  await window.player.expectState('playing');
  await expect.poll(() => window.player.position()).toBeGreaterThan(0.3);
});
