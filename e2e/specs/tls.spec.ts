import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '../fixtures/electron-app';
import { Workbench } from '../pages/workbench';
import { tapdeck as runTapdeck } from '../support/cli';
import { answerOpenDialog } from '../support/dialogs';
import { writeHttpsCapture } from '../support/tls-captures';

test('a key log opens the TLS of a capture that is on the screen', async ({ tapdeck, page, folder }) => {
  const capture = join(folder, 'https.pcap');
  const keyLog = join(folder, 'keys.log');
  const notes = join(folder, 'notes.log');
  await writeFile(notes, 'nothing of that kind\n');
  const { packets } = await writeHttpsCapture(capture, keyLog, 'What was said.');
  const window = new Workbench(page);
  await window.open(capture, packets);
  await window.show('sessions');
  await expect(window.sessions.row('tls', 'no key')).toBeVisible();

  await window.run('Decryption Keys…');
  const tls = page.getByRole('region', { name: 'TLS' });
  await expect(tls).toContainText('0 of 1 connection is decrypted.');
  await expect(tls.getByRole('table')).toContainText('No key log has a secret');

  // What is none changes nothing.
  await answerOpenDialog(tapdeck.app, notes);
  await tls.getByRole('button', { name: 'Choose Key Log…' }).click();
  await expect(tls.getByRole('alert')).toContainText('notes.log holds no secrets of TLS.');

  await answerOpenDialog(tapdeck.app, keyLog);
  await tls.getByRole('button', { name: 'Choose Key Log…' }).click();
  await expect(tls).toContainText('1 of 1 connection is decrypted. 1 secret was read from key logs.');
  await page.keyboard.press('Escape');
  await window.show('sessions');
  await expect(window.sessions.row('tls', 'decrypted')).toBeVisible();
  await window.show('objects');
  await expect(window.objects.row('notes.txt')).toBeVisible();
});

test('the command line takes key logs, and says what is wrong with one', async ({ folder }) => {
  const capture = join(folder, 'https.pcap');
  const keyLog = join(folder, 'keys.log');
  await writeHttpsCapture(capture, keyLog, 'What was said.');
  const closed = await runTapdeck(['analyze', '--json', capture]);
  expect(JSON.parse(closed.stdout).diagnostics).toMatchObject([{ code: 'tls-no-key' }]);
  const open = await runTapdeck(['analyze', '--json', capture, '--keylog', keyLog]);
  expect(JSON.parse(open.stdout).diagnostics).toEqual([]);
  expect(open.code).toBe(0);
  const wrong = await runTapdeck(['analyze', capture, '--keylog', capture]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('https.pcap holds no secrets of TLS.');
});
