import { expect, test } from '../fixtures/electron-app';
import { Workbench } from '../pages/workbench';
import { samplePath, sampleTruth } from '../support/truth';

test.use({ appArgs: [samplePath] });

test('all packets are listed, and a click shows layers, bytes and the time', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('packets');
  await window.packets.expectRowCount(sampleTruth.packets);
  await window.packets.filter('protocol:rtp');
  const count = sampleTruth.streams.reduce((sum, { packets }) => sum + packets, 0);
  await expect(window.packets.count).toHaveText(new RegExp(`^${count} of`));
  await window.packets.rows.nth(5).click();
  const detail = window.panel('packet-detail');
  await expect(detail.getByRole('treeitem', { name: /Real-Time Transport Protocol/ })).toBeVisible();
  const ssrc = detail.getByRole('treeitem', { name: /^SSRC/ });
  await ssrc.click();
  await expect(detail.locator('[data-marked][data-at]')).toHaveCount(8);
  // From a byte to its field: the two of the sequence number.
  await detail.locator('[data-at="44"]').first().click();
  await expect(detail.getByRole('treeitem', { selected: true })).toHaveText(/Sequence Number/);
});

test('from a stream to its packets, from a packet to its stream', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('streams');
  const [caller] = sampleTruth.streams;
  await window.streams.row(caller.ssrc).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Show Packets' }).click();
  await expect(window.panel('packets')).toBeVisible();
  await expect(window.packets.count).toHaveText(new RegExp(`^${caller.packets} of`));
  await window.packets.rows.first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Packets of This Call' }).click();
  const streams = sampleTruth.streams.reduce((sum, { packets }) => sum + packets, 0);
  await expect(window.packets.count).toHaveText(new RegExp(`^${streams + sampleTruth.calls[0].messages} of`));
});

test('a followed stream can be read', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('packets');
  await window.packets.filter('protocol:sip');
  await expect(window.packets.count).toHaveText(new RegExp(`^${sampleTruth.calls[0].messages} of`));
  await window.packets.rows.first().click();
  await expect(window.panel('packet-detail').getByRole('treeitem', { name: /Session Initiation/ })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+f');
  const content = window.panel('follow-stream').getByRole('group', { name: /^Content of udp-/ });
  await expect(content).toContainText('INVITE sip:bruno@example.net SIP/2.0');
  await expect(content).toContainText('SIP/2.0 200 OK');
  await window.panel('follow-stream').getByText('Hex', { exact: true }).click();
  await expect(content).toContainText('49 4e 56 49 54 45');
});

test('the filter is completed and its faults are pointed at', async ({ page }) => {
  const window = new Workbench(page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('packets');
  const box = window.packets.root.getByRole('combobox');
  await box.pressSequentially('prot');
  await expect(page.getByRole('option', { name: /^protocol/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(box).toHaveValue('protocol:');
  await page.getByRole('option', { name: 'RTCP' }).click();
  await expect(box).toHaveValue('protocol:RTCP ');
  await window.packets.filter('port:5060 colour:red');
  await expect(window.packets.root.getByRole('alert')).toContainText('character 11');
});
