import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { fail, ok, type Result } from '#shared/base/result';
import { isRecentEnough, parseVersionLine } from './version';

/** A binary that was run and answered. */
export interface Ffmpeg {
  readonly path: string;
  /** First line of `ffmpeg -version`. */
  readonly version: string;
  readonly source: 'FFMPEG_BIN' | 'ffmpeg-static' | 'PATH' | '@ffmpeg-installer/ffmpeg';
}

/** Where to look: replaceable in tests. */
export interface FfmpegPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Loads one of the two packages that carry a binary; rejects when it is not there. */
  readonly loadPackage: (name: 'ffmpeg-static' | '@ffmpeg-installer/ffmpeg') => Promise<unknown>;
}

const versionTimeoutMs = 10_000;
const executableName = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';

const realPlaces: FfmpegPlaces = { env: process.env, loadPackage: (name) => import(/* @vite-ignore */ name) };
let resolved: Promise<Result<Ffmpeg>> | null = null;

/** The ffmpeg to use; looked for once. */
export function resolveFfmpeg(): Promise<Result<Ffmpeg>> {
  resolved ??= findFfmpeg(realPlaces);
  return resolved;
}

/**
 * Looks for ffmpeg: the one named by FFMPEG_BIN, which is then the only one; that of `ffmpeg-static`; `ffmpeg` on the
 * PATH from 4.1 on; that of `@ffmpeg-installer/ffmpeg`. Each is run to see that it works. Fails with
 * `ffmpeg-not-found` and says of each step why it gave none.
 */
export async function findFfmpeg({ env, loadPackage }: FfmpegPlaces): Promise<Result<Ffmpeg>> {
  if (env.FFMPEG_BIN) {
    const named = await probe(env.FFMPEG_BIN);
    if (typeof named === 'object') return ok({ path: env.FFMPEG_BIN, version: named.version, source: 'FFMPEG_BIN' });
    return fail('ffmpeg-not-found', `FFMPEG_BIN does not name a working ffmpeg: ${named}.`, {
      where: env.FFMPEG_BIN,
      hint: 'Correct the variable, or unset it.',
    });
  }
  const reasons: string[] = [];
  for (const source of ['ffmpeg-static', 'PATH', '@ffmpeg-installer/ffmpeg'] as const) {
    const path = source === 'PATH' ? onPath(env.PATH ?? '') : await inPackage(source, loadPackage);
    const probed = path ? await probe(path) : 'not installed';
    if (path && typeof probed === 'object') {
      if (source !== 'PATH' || isRecentEnough(probed.version)) return ok({ path, version: probed.version, source });
      reasons.push(`${source}: ${probed.version} is older than 4.1`);
    } else {
      reasons.push(`${source}: ${String(probed)}`);
    }
  }
  return fail('ffmpeg-not-found', `No ffmpeg was found (${reasons.join('; ')}).`, {
    hint: 'Install ffmpeg 4.1 or newer, or name one with FFMPEG_BIN.',
  });
}

/** Path of the binary that a package names; null when the package is missing or refuses the platform. */
async function inPackage(
  name: 'ffmpeg-static' | '@ffmpeg-installer/ffmpeg',
  loadPackage: FfmpegPlaces['loadPackage'],
): Promise<string | null> {
  try {
    const loaded = (await loadPackage(name)) as { default?: unknown; path?: unknown };
    const exported = loaded.default ?? loaded;
    const path = typeof exported === 'string' ? exported : (exported as { path?: unknown }).path;
    // A packaged application cannot run a file inside its archive: the binary lies unpacked beside it.
    return typeof path === 'string' ? path.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`) : null;
  } catch {
    return null;
  }
}

function onPath(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    if (!folder) continue;
    const candidate = join(folder, executableName);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not there: the next folder.
    }
  }
  return null;
}

/** Runs the binary for its version; a string says why that failed. */
function probe(path: string): Promise<{ readonly version: string } | string> {
  return new Promise((resolve) => {
    execFile(path, ['-version'], { timeout: versionTimeoutMs, windowsHide: true }, (error, stdout) => {
      const version = parseVersionLine(stdout);
      if (version) resolve({ version });
      else if (error && 'code' in error && error.code === 'ENOENT') resolve('the file is missing');
      else if (error) resolve(`it does not run (${error.message.split('\n', 1)[0]})`);
      else resolve('it does not answer like ffmpeg');
    });
  });
}
