import { join } from 'node:path';
import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { answerOpenDialog } from '../support/dialogs';
import { writeLargeCapture } from '../support/large-captures';
import { samplePath, sampleTruth } from '../support/truth';

const [call] = sampleTruth.calls;

test('a dropped capture shows its call', async ({ page }) => {
  const window = new Workbench(page);
  await expect(window.welcome).toContainText('Drop a capture here');
  await window.open(samplePath, sampleTruth.packets);
  await window.show('calls');
  await window.calls.expectRowCount(1);
  await expect(window.calls.row(call.from, call.to, call.state)).toBeVisible();
  await expect(window.openFailure).toBeHidden();
  await expect(window.failureBanner).toBeHidden();
});

test('the open dialog opens a capture, and leaving it changes nothing', async ({ tapdeck, page }) => {
  const window = new Workbench(page);
  await answerOpenDialog(tapdeck.app, null);
  await page.getByTestId('open-file').click();
  await expect(window.welcome).toContainText('Drop a capture here');
  await answerOpenDialog(tapdeck.app, samplePath);
  await page.keyboard.press('ControlOrMeta+o');
  await window.expectLoaded(samplePath, sampleTruth.packets);
});

test('the sample is one click away', async ({ page }) => {
  const window = new Workbench(page);
  await page.getByTestId('open-sample').click();
  await window.expectLoaded(samplePath, sampleTruth.packets);
});

test.describe('from the command line', () => {
  test.use({ appArgs: [samplePath] });

  test('a path is opened at the start', async ({ page }) => {
    await new Workbench(page).expectLoaded(samplePath, sampleTruth.packets);
  });
});

test('a recent file opens again after a restart', async ({ launch, folder }) => {
  const first = await launch({ userData: folder });
  await new Workbench(first.page).open(samplePath, sampleTruth.packets);
  await first.close();
  const second = await launch({ userData: folder });
  const window = new Workbench(second.page);
  await second.page.getByRole('region', { name: 'Recent files' }).getByRole('button', { name: 'call.pcapng' }).click();
  await window.expectLoaded(samplePath, sampleTruth.packets);
});

test('reading can be stopped, and what was read stays', async ({ page, folder }) => {
  const window = new Workbench(page);
  const path = join(folder, 'large.pcap');
  await writeLargeCapture(path, 500_000_000);
  await window.drop(path);
  // At once: a real click first waits until nothing moves, and the file is not that long.
  await page.getByTestId('stop-reading').dispatchEvent('click');
  await expect(window.header).toContainText('stopped early');
  await expect(page.getByTestId('stop-reading')).toBeHidden();
  await window.show('conversations');
  await window.conversations('tcp').expectRowCount(1);
});
