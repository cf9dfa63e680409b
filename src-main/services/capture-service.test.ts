import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { CaptureService } from './capture-service';
import { inProcessCaptures } from './testing/in-process-captures';

const sample = readFileSync('assets/samples/call.pcapng');
const folder = mkdtempSync(join(tmpdir(), 'tapdeck-service-'));
const services: CaptureService[] = [];

afterEach(async () => {
  for (const service of services.splice(0)) await service.dispose();
});
afterAll(() => rmSync(folder, { recursive: true }));

function createService(): CaptureService {
  const service = inProcessCaptures(folder);
  services.push(service);
  return service;
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const sha256 = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const spools = (): string[] => readdirSync(folder).filter((name) => name.startsWith('tapdeck-capture-'));

async function open(service: CaptureService, path: string | readonly string[], follows = false): Promise<string> {
  const opened = await service.open(path, { follows });
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value.captureId;
}

it('keeps what a compressed capture becomes in a private file until it is closed', async () => {
  const service = createService();
  const bytes = gzipSync(sample);
  const id = await open(service, file('call.gz', bytes));
  expect(await service.whenLoaded(id)).toMatchObject({ packets: 1037, bytes: bytes.length, compression: 'gzip' });
  expect(await service.sha256(id)).toBe(sha256(bytes));
  const { capturePath } = await service.mediaIndex(id, 'call-1');
  const [part] = typeof capturePath === 'string' ? [] : capturePath;
  expect(existsSync(part.path)).toBe(true);
  await service.close(id);
  expect(existsSync(part.path)).toBe(false);
  await service.dispose();
  expect(spools()).toEqual([]);
});

it('removes it, too, when what comes out is no capture', async () => {
  const service = createService();
  const opened = await service.open(file('bad.gz', gzipSync(Buffer.alloc(5000))));
  expect(opened).toMatchObject({ ok: false, error: { code: 'not-a-capture' } });
  expect(spools().flatMap((name) => readdirSync(join(folder, name)))).toEqual([]);
});

it('tells the hash of each of several files, and that of all of them one after the other', async () => {
  const service = createService();
  const other = gzipSync(sample);
  const paths = [file('a.pcapng', sample), file('b.pcapng.gz', other)];
  const id = await open(service, paths);
  await service.whenLoaded(id);
  expect(await service.sha256(id)).toBe(sha256(sample, other));
  expect(service.summary(id)).toMatchObject({
    name: 'a.pcapng and 1 more',
    path: paths.join(', '),
    bytes: sample.length + other.length,
    packets: 2 * 1037,
    files: [
      { path: paths[0], bytes: sample.length, sha256: sha256(sample) },
      { path: paths[1], bytes: other.length, sha256: sha256(other) },
    ],
  });
});

it('hashes a followed file as far as it was read, once following has ended', async () => {
  const service = createService();
  const path = file('live.pcapng', sample.subarray(0, 100_000));
  const id = await open(service, path, true);
  expect(service.summary(id)).toMatchObject({ following: true, sha256: null });
  appendFileSync(path, sample.subarray(100_000));
  await service.stopFollowing(id);
  expect(await service.whenLoaded(id)).toMatchObject({ packets: 1037, following: false, bytes: sample.length });
  expect(await service.sha256(id)).toBe(sha256(sample));
});
