import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { fixture, fixtureTruths, samplePath, sampleTruth } from '../support/truth';

for (const [name, message] of [
  ['empty.pcap', /empty/i],
  ['notes.txt', /not a capture/i],
  ['text-named-capture.pcap', /not a capture/i],
  ['picture.png', /not a capture.*PNG/i],
] as const) {
  test(`${name} is refused with its reason`, async ({ page }) => {
    const window = new Workbench(page);
    await window.drop(fixture(name));
    await expect(window.openFailure).toContainText(message);
    await expect(window.openFailure).toContainText(name);
    // The window works on.
    await window.open(samplePath, sampleTruth.packets);
  });
}

for (const name of ['cut-in-record.pcap', 'cut-in-block.pcapng', 'absurd-lengths.pcap', 'absurd-first-record.pcap']) {
  test(`${name} shows what could be read`, async ({ page }) => {
    const window = new Workbench(page);
    const truth = fixtureTruths[name];
    await window.open(fixture(name), truth.packets);
    await window.show('calls');
    await window.calls.expectRowCount(truth.callsFound ?? 0);
    await window.show('diagnostics');
    await expect(window.diagnostics.rows.first()).toBeVisible();
  });
}

test('a capture without a packet and one without media say so', async ({ page }) => {
  const window = new Workbench(page);
  for (const name of ['header-only.pcap', 'no-media.pcapng']) {
    await window.open(fixture(name), fixtureTruths[name].packets);
    await window.show('calls');
    await window.calls.expectRowCount(0);
    await window.show('streams');
    await window.streams.expectRowCount(0);
  }
});

test('a folder is refused', async ({ page, folder }) => {
  const window = new Workbench(page);
  const path = join(folder, 'recordings');
  await mkdir(path);
  await window.drop(path);
  await expect(window.openFailure).toContainText(/folder|directory/i);
  await expect(window.openFailure).toContainText(path);
});

test('a pipe is refused instead of waited for', async ({ page, folder }) => {
  test.skip(process.platform === 'win32', 'Windows has no named pipes in folders');
  const window = new Workbench(page);
  const path = join(folder, 'pipe.pcap');
  execFileSync('mkfifo', [path]);
  await window.drop(path);
  await expect(window.openFailure).toContainText(path);
});

test('a file that may not be read is refused', async ({ page, folder }) => {
  const isRoot = process.getuid?.() === 0;
  // Permissions do not hinder root; a switch of the kernel that can only be written does.
  const path = isRoot ? '/sys/bus/platform/drivers_probe' : join(folder, 'secret.pcapng');
  test.skip(isRoot && !existsSync(path), 'root may read everything here');
  if (!isRoot) {
    await copyFile(samplePath, path);
    await chmod(path, 0o000);
  }
  const window = new Workbench(page);
  await window.drop(path);
  await expect(window.openFailure).toContainText(path);
  await expect(window.openFailure).toContainText(/permission|cannot be (read|opened)/i);
});

test('a file that is gone is refused, and the capture on the screen stays', async ({ page, folder }) => {
  const window = new Workbench(page);
  const gone = join(folder, 'gone.pcapng');
  await copyFile(samplePath, gone);
  await window.open(samplePath, sampleTruth.packets);
  // A drag may be let go after its file has vanished.
  await rm(gone);
  await window.drop(gone);
  await expect(window.failureBanner).toContainText('gone.pcapng');
  await expect(window.header).toContainText('call.pcapng');
});

test('a file that vanishes while open leaves what was read', async ({ page, folder }) => {
  const window = new Workbench(page);
  const path = join(folder, 'vanishing.pcapng');
  await copyFile(samplePath, path);
  await window.open(path, sampleTruth.packets);
  await rm(path);
  await window.show('streams');
  await window.streams.expectRowCount(2);
  await window.show('calls');
  await window.calls.rows.first().click();
  // Either the sound still comes, or a sentence says why not; never a wait without end.
  await expect(window.player.root).toHaveAttribute('data-state', /^(ready|failed)$/);
  await expect(window.calls.row(sampleTruth.calls[0].from)).toBeVisible();
});
