import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ProgressParser } from './progress';
import { findFfmpeg, resolveFfmpeg } from './resolve';
import { runFfmpeg } from './run';
import { isRecentEnough, parseVersionLine } from './version';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-ffmpeg-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ffmpegPath(): Promise<string> {
  const found = await resolveFfmpeg();
  if (!found.ok) throw new Error(found.error.message);
  return found.value.path;
}

describe('ProgressParser', () => {
  const printed = [
    'bitrate=N/A\nout_time_us=N/A\nout_time=N/A\nprogress=continue\n',
    'out_time_ms=-9223372036854775807\nprogress=continue\n',
    'frame=1\r\nout_time_us= 1500000\r\nout_time_ms=1500000\r\nspeed=1.5x\r\nprogress=continue\r\n',
    'out_time_ms=3000000\nprogress=end\n',
  ].join('');
  const expected = [
    { outSeconds: null, isEnd: false },
    { outSeconds: null, isEnd: false },
    { outSeconds: 1.5, isEnd: false },
    { outSeconds: 3, isEnd: true },
  ];

  it('reads blocks, whole and one character at a time', () => {
    expect(new ProgressParser().push(printed)).toEqual(expected);
    const parser = new ProgressParser();
    expect([...printed].flatMap((character) => parser.push(character))).toEqual(expected);
  });

  it('does not mind where the output is split, or what it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 20 }), fc.nat(printed.length), (noise, at) => {
        const split = new ProgressParser();
        expect([...split.push(printed.slice(0, at)), ...split.push(printed.slice(at))]).toEqual(expected);
        const parser = new ProgressParser();
        for (const text of noise) {
          for (const { outSeconds } of parser.push(text)) expect(outSeconds ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('version', () => {
  it.each([
    ['ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024 the FFmpeg developers\nbuilt with', true],
    ['ffmpeg version n4.1 Copyright', true],
    ['ffmpeg version N-47683-g0e8eb07980-static https://example.org/  Copyright (c) 2000-2018', true],
    ['ffmpeg version 2024-01-01-git-abc Copyright', true],
    ['ffmpeg version 4.0.6 Copyright', false],
    ['ffmpeg version 3.4 Copyright', false],
  ])('%s', (output, expected) => {
    const line = parseVersionLine(output);
    expect(line).not.toContain('Copyright');
    expect(isRecentEnough(line ?? '')).toBe(expected);
  });

  it('knows what is not ffmpeg', () => {
    expect(parseVersionLine('bash: ffmpeg: command not found')).toBeNull();
    expect(parseVersionLine('')).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('findFfmpeg', () => {
  const fake = (name: string, prints: string): string => {
    const home = mkdtempSync(join(folder, 'bin-'));
    const path = join(home, name);
    writeFileSync(path, `#!/bin/sh\necho "${prints}"\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const notThere = (): Promise<unknown> => Promise.reject(new Error('not installed'));

  it('takes FFMPEG_BIN before everything, and nothing else when that is wrong', async () => {
    const path = fake('mine', 'ffmpeg version 3.0 x');
    const loadPackage = (): Promise<unknown> => Promise.resolve({ default: fake('ffmpeg', 'ffmpeg version 9.0') });
    expect(await findFfmpeg({ env: { FFMPEG_BIN: path }, loadPackage })).toEqual({
      ok: true,
      value: { path, version: 'ffmpeg version 3.0 x', source: 'FFMPEG_BIN' },
    });
    const wrong = await findFfmpeg({ env: { FFMPEG_BIN: join(folder, 'no-such') }, loadPackage });
    expect(wrong).toMatchObject({ ok: false, error: { code: 'ffmpeg-not-found', where: join(folder, 'no-such') } });
  });

  it('goes on to the next place when a binary is missing, does not run or is too old', async () => {
    const old = fake('ffmpeg', 'ffmpeg version 4.0.1');
    const embedded = fake('embedded', 'ffmpeg version 4.4');
    const found = await findFfmpeg({
      env: { PATH: join(old, '..') },
      loadPackage: (name) =>
        Promise.resolve({ default: name === 'ffmpeg-static' ? join(folder, 'missing') : { path: embedded } }),
    });
    expect(found).toMatchObject({ ok: true, value: { path: embedded, source: '@ffmpeg-installer/ffmpeg' } });
  });

  it('prefers ffmpeg-static, then the PATH', async () => {
    const own = fake('static', 'ffmpeg version 6.0');
    const path = fake('ffmpeg', 'ffmpeg version 5.0');
    const env = { PATH: `${join(folder, 'no-such')}:${join(path, '..')}` };
    const loadPackage = (): Promise<unknown> => Promise.resolve({ default: own });
    expect(await findFfmpeg({ env, loadPackage })).toMatchObject({ value: { path: own, source: 'ffmpeg-static' } });
    expect(await findFfmpeg({ env, loadPackage: notThere })).toMatchObject({ value: { path, source: 'PATH' } });
  });

  it('says of every place why it gave none', async () => {
    const notFfmpeg = fake('ffmpeg', 'hello');
    const found = await findFfmpeg({ env: { PATH: join(notFfmpeg, '..') }, loadPackage: notThere });
    expect(found).toMatchObject({
      ok: false,
      error: {
        message:
          'No ffmpeg was found (ffmpeg-static: not installed; PATH: it does not answer like ffmpeg; ' +
          '@ffmpeg-installer/ffmpeg: not installed).',
      },
    });
  });
});

describe('runFfmpeg', () => {
  const input = ['-f', 's16le', '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-f', 'wav'];

  it('feeds, follows and finishes', async () => {
    const outputPath = join(folder, 'fed.wav');
    const seen: number[] = [];
    await runFfmpeg({
      ffmpegPath: await ffmpegPath(),
      args: input,
      outputPath,
      feed: async (write) => {
        for (let i = 0; i < 50; i += 1) await write(new Uint8Array(16_000));
      },
      onProgress: (seconds) => seen.push(seconds),
    });
    expect(existsSync(outputPath)).toBe(true);
    expect(seen.at(-1)).toBeCloseTo(50, 1);
  });

  it('kills ffmpeg when cancelled and leaves nothing', async () => {
    const outputPath = join(folder, 'cancelled.wav');
    const controller = new AbortController();
    const endless = runFfmpeg({
      ffmpegPath: await ffmpegPath(),
      args: input,
      outputPath,
      signal: controller.signal,
      feed: async (write) => {
        for (;;) await write(new Uint8Array(16_000));
      },
      onProgress: () => controller.abort(),
    });
    await expect(endless).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder)).not.toContain('cancelled.wav');
  });

  it('hands its output over as it comes, and ends when nobody can use it', async () => {
    const pieces: Uint8Array[] = [];
    const run = { ffmpegPath: await ffmpegPath(), args: [...input, '-f', 'wav'] };
    await runFfmpeg({ ...run, outputPath: (bytes) => pieces.push(bytes) });
    expect(Buffer.concat(pieces).toString('latin1', 0, 4)).toBe('RIFF');
    const outputPath = (): void => {
      throw new Error('the disk is full');
    };
    await expect(runFfmpeg({ ...run, outputPath })).rejects.toThrow('the disk is full');
  });

  it.skipIf(process.platform === 'win32')('gives up one that does nothing any more', async () => {
    const hanging = join(folder, 'hanging');
    writeFileSync(hanging, '#!/bin/sh\ncat > /dev/null\nsleep 600\n');
    chmodSync(hanging, 0o755);
    const run = { ffmpegPath: hanging, args: input, outputPath: join(folder, 'never.wav'), patienceMs: 200 };
    await expect(runFfmpeg(run)).rejects.toMatchObject({ failure: { code: 'ffmpeg-hangs' } });
    // One that does not even read holds up who feeds it.
    writeFileSync(hanging, '#!/bin/sh\nsleep 600\n');
    const feed = async (write: (bytes: Uint8Array) => Promise<void>): Promise<void> => {
      for (;;) await write(new Uint8Array(1 << 16));
    };
    await expect(runFfmpeg({ ...run, feed })).rejects.toMatchObject({ failure: { code: 'ffmpeg-hangs' } });
  });

  it('tells what ffmpeg complained about', async () => {
    const failing = runFfmpeg({
      ffmpegPath: await ffmpegPath(),
      args: ['-f', 'wav', '-i', 'pipe:0', '-f', 'wav'],
      outputPath: join(folder, 'bad.wav'),
      feed: (write) => write(new TextEncoder().encode('this is no audio')),
    });
    await expect(failing).rejects.toMatchObject({
      failure: { code: 'ffmpeg-failed', message: expect.stringContaining('Invalid data') as string },
    });
    expect(existsSync(join(folder, 'bad.wav'))).toBe(false);
  });

  it('opens no network and no other protocol', async () => {
    const failing = runFfmpeg({
      ffmpegPath: await ffmpegPath(),
      args: ['-i', 'http://127.0.0.1:9/', '-f', 'wav'],
      outputPath: join(folder, 'net.wav'),
    });
    await expect(failing).rejects.toMatchObject({
      failure: { message: expect.stringContaining('whitelist') as string },
    });
  });

  it('says when the binary cannot be started', async () => {
    const failing = runFfmpeg({
      ffmpegPath: join(folder, 'no-such'),
      args: input,
      outputPath: join(folder, 'none.wav'),
    });
    await expect(failing).rejects.toMatchObject({ failure: { code: 'ffmpeg-failed' } });
  });
});
