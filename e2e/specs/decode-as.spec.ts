import { expect, test } from '../fixtures/electron-app';
import { Workbench } from '../pages/workbench';
import { fixture, fixtureTruths } from '../support/truth';

const path = fixture('rtp-only.pcap');

test('Decode As changes a stream, is kept with the capture, and is taken back', async ({ launch, folder }) => {
  const userData = `${folder}/remembered`;
  const { page, close } = await launch({ userData });
  const window = new Workbench(page);
  const packets = fixtureTruths['rtp-only.pcap'].packets;
  await window.open(path, packets);
  await window.show('streams');
  const stream = window.streams.rows.first();
  await expect(stream).toContainText('PCMU');
  await page.keyboard.press('ControlOrMeta+Shift+U');
  const dialog = page.getByTestId('decode-as');
  const flow = dialog.getByRole('row').nth(1);
  await expect(flow).toContainText('PCMU');
  await flow.getByLabel(/^Decode .* as$/).selectOption('PCMA');
  await flow.getByRole('button', { name: 'Apply' }).click();
  await expect(flow).toContainText('PCMA');
  await expect(flow).toHaveAttribute('data-overridden', 'true');
  await page.keyboard.press('Escape');
  await expect(stream).toContainText('PCMA');
  await expect(stream).toContainText('Decode As');
  await close();

  const again = await launch({ userData });
  const reopened = new Workbench(again.page);
  await reopened.open(path, packets);
  await reopened.show('streams');
  await expect(reopened.streams.rows.first()).toContainText('PCMA');
  await reopened.run('Decode As…');
  const known = again.page.getByTestId('decode-as').getByRole('row').nth(1);
  await known.getByRole('button', { name: 'Remove' }).click();
  await expect(known).toContainText('PCMU');
  await expect(known).toHaveAttribute('data-overridden', 'false');
  await again.page.keyboard.press('Escape');
  await expect(reopened.streams.rows.first()).toContainText('PCMU');
});

test('where nothing was found Decode As is offered', async ({ page }) => {
  const window = new Workbench(page);
  await window.open(fixture('no-media.pcapng'), fixtureTruths['no-media.pcapng'].packets);
  await window.show('streams');
  await window.panel('streams').getByRole('button', { name: 'Decode As…' }).click();
  await expect(page.getByTestId('decode-as')).toBeVisible();
});
