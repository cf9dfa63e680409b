import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '../fixtures/electron-app';
import { Workbench } from '../pages/workbench';
import { tapdeck } from '../support/cli';
import { samplePath, sampleTruth } from '../support/truth';

const sample = readFileSync(samplePath);
const [call] = sampleTruth.calls;

/** Blocks of the sample before its packets, and the packets. */
function blocksOfSample(): { readonly head: Buffer; readonly packets: readonly Buffer[] } {
  const head: Buffer[] = [];
  const packets: Buffer[] = [];
  for (let at = 0; at < sample.length; ) {
    const length = sample.readUInt32LE(at + 4);
    (sample.readUInt32LE(at) === 6 ? packets : head).push(sample.subarray(at, at + length));
    at += length;
  }
  return { head: Buffer.concat(head), packets };
}

/** The sample as two captures that saw every other packet. */
function halves(folder: string): readonly string[] {
  const { head, packets } = blocksOfSample();
  return [0, 1].map((half) => {
    const path = join(folder, `half-${half}.pcapng`);
    writeFileSync(path, Buffer.concat([head, ...packets.filter((_, i) => i % 2 === half)]));
    return path;
  });
}

const spoolFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('tapdeck-capture-'));

test('a compressed capture plays like the original, and leaves nothing behind', async ({ launch, folder }) => {
  const path = join(folder, 'call.pcapng.gz');
  writeFileSync(path, gzipSync(sample));
  const before = spoolFolders();
  const app = await launch();
  const window = new Workbench(app.page);
  await window.open(path, sampleTruth.packets);
  await window.show('calls');
  await window.calls.row(call.from, call.to, call.state).dblclick();
  await expect(app.page.getByTestId('panel-player')).toBeVisible();
  await expect(window.failureBanner).toBeHidden();
  await app.close();
  expect(spoolFolders().filter((name) => !before.includes(name))).toEqual([]);
});

test('captures dropped together are one, by time', async ({ page, folder }) => {
  const window = new Workbench(page);
  const paths = halves(folder);
  await window.drop(...paths);
  await window.expectLoaded(paths[0], sampleTruth.packets);
  await expect(window.header).toContainText('and 1 more');
  await window.show('calls');
  await window.calls.expectRowCount(1);
  await expect(window.calls.row(call.from, call.to, call.state)).toBeVisible();
});

test('a growing file is followed until it is told to stop', async ({ page, folder }) => {
  const { head, packets } = blocksOfSample();
  const path = join(folder, 'live.pcapng');
  writeFileSync(path, Buffer.concat([head, ...packets.slice(0, 100)]));
  const window = new Workbench(page);
  await window.open(path, 100);
  await window.run('Follow Growing File');
  await expect(page.getByTestId('following')).toBeVisible();
  // Within a block, too: it is waited for.
  const rest = Buffer.concat(packets.slice(100));
  appendFileSync(path, rest.subarray(0, 40_001));
  await expect(window.header).not.toContainText('100 packets');
  appendFileSync(path, rest.subarray(40_001));
  await expect(window.header).toContainText(/1\s037 packets/);
  await page.getByTestId('stop-following').click();
  await window.expectLoaded(path, sampleTruth.packets);
  await expect(page.getByTestId('following')).toBeHidden();
  await window.show('calls');
  await expect(window.calls.row(call.from, call.to, call.state)).toBeVisible();
});

test('the command line merges files, and reads compressed standard input', async ({ folder }) => {
  const merged = await tapdeck(['analyze', '--json', ...halves(folder)]);
  const document = JSON.parse(merged.stdout);
  expect(document.capture).toMatchObject({ packets: sampleTruth.packets, complete: true, compression: null });
  expect(document.capture.files).toHaveLength(2);
  expect(document.calls).toHaveLength(1);
  expect(document.streams[0]).toMatchObject({ lost: sampleTruth.streams[0].lost });
  const input = gzipSync(sample);
  const piped = await tapdeck(['info', '--json', '-'], { input });
  expect(JSON.parse(piped.stdout)).toMatchObject({
    capture: { path: '-', bytes: input.length, compression: 'gzip', packets: sampleTruth.packets },
    facts: { sections: [{ application: 'Tapdeck samples' }] },
  });
});
