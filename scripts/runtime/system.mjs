import { say } from './console.mjs';
import { exists, isRoot } from './paths.mjs';
import { run, runInTerminal } from './process.mjs';

/** Debian packages that Electron needs; what they depend on brings the rest. */
export const electronPackages = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1'];

const canInstall = () => isRoot && exists('/etc/debian_version') && exists('/usr/bin/apt-get');

/**
 * Installs Debian packages when that is possible without asking (Debian, root); otherwise says how.
 * @returns {Promise<boolean>} whether they are there now.
 */
export async function installPackages(packages, reason) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!canInstall()) {
    const how = exists('/etc/debian_version') ? `Install it: sudo ${command}` : `On Debian: ${command}`;
    say(`${reason}. ${how}`);
    return false;
  }
  say(`${reason}: installing ${packages.join(', ')} with apt-get.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  await runInTerminal('apt-get', ['update', '-qq'], quiet);
  const names = await Promise.all(packages.map(packageName));
  return (await runInTerminal('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], quiet)) === 0;
}

/** Newer releases carry some libraries under a name with `t64` (64-bit time). */
async function packageName(name) {
  const { code, stdout } = await run('apt-cache', ['show', `${name}t64`]);
  return code === 0 && stdout.includes(`Package: ${name}t64`) ? `${name}t64` : name;
}

/** Makes sure that every shared library of `binary` is there (Linux). */
export async function ensureLibraries(binary) {
  if (process.platform !== 'linux') return true;
  const missing = await missingLibraries(binary);
  if (missing.length === 0) return true;
  if (!(await installPackages(electronPackages, `Electron needs ${missing.join(', ')}`))) return false;
  const left = await missingLibraries(binary);
  if (left.length > 0) say(`Electron still misses ${left.join(', ')}: install the packages that hold them.`);
  return left.length === 0;
}

async function missingLibraries(binary) {
  const { stdout } = await run('ldd', [binary]);
  return [...new Set([...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]))];
}
