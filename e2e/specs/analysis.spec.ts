import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { samplePath, sampleTruth } from '../support/truth';

const [caller, callee] = sampleTruth.streams;

test.use({ appArgs: [samplePath] });

test('RTP analysis shows the losses of both directions, and what Wireshark would say', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  await window.streams.row(caller.ssrc).click();
  await window.show('rtp-analysis');
  const panel = window.panel('rtp-analysis');
  const figures = (term: string) =>
    panel
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: term, exact: true }) })
      .getByRole('cell');
  for (const [direction, { lost, duplicates, packets, src, dst }] of [
    ['Forward', caller],
    ['Reverse', callee],
  ] as const) {
    await panel.getByText(direction, { exact: true }).click();
    await expect(panel.getByText(`${src} → ${dst}`)).toBeVisible();
    await expect(figures('Packets').first()).toHaveText(String(packets));
    await expect(figures('Lost').first()).toContainText(String(lost));
    // tshark takes duplicates for received packets.
    await expect(figures('Lost').last()).toContainText(String(lost - duplicates));
  }
});

test('the packet table finds the lost stretch, and a click on it moves the player there', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  await window.streams.row(caller.ssrc).click();
  await window.show('rtp-analysis');
  const packetsView = window.panel('rtp-analysis').getByText('Packets', { exact: true }).first();
  await packetsView.click();
  await window.rtpPackets.filter('status:lost-before');
  const row = window.rtpPackets.row('20 lost');
  await expect(row).toBeVisible();
  await window.player.expectState('ready');
  await row.click();
  // The first packet after the stretch: number 260 of 20 ms each.
  await expect.poll(() => window.player.position()).toBeCloseTo(5.2, 1);
});

test('the call flow shows every message, and a click opens it', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('calls');
  await window.calls.rows.first().click();
  await window.show('call-flow');
  const ladder = window.panel('call-flow').getByRole('listbox', { name: 'Call flow' });
  await expect(ladder).toHaveAttribute(
    'data-items',
    String(sampleTruth.calls[0].messages + sampleTruth.streams.length),
  );
  await ladder.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const message = window.panel('message');
  await expect(message).toContainText('INVITE sip:bruno@example.net SIP/2.0');
  await expect(message).toContainText('telephone-event/8000');
});

test('one playhead: a click on the waveform moves it in the call flow too', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('calls');
  await window.calls.rows.first().click();
  await window.player.expectState('ready');
  const line = window.panel('call-flow').getByTestId('ladder-playhead');
  const placeOfLine = () => line.evaluate((element) => getComputedStyle(element).transform);
  const before = await placeOfLine();
  await window.panel('player').getByRole('group', { name: 'Waveform' }).click();
  await expect.poll(() => window.player.position()).toBeGreaterThan(4);
  await expect.poll(placeOfLine).not.toBe(before);
});
