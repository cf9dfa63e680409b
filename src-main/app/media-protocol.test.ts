import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaHandler } from './media-protocol';

let folder: string;
let answer: (request: Request) => Promise<Response>;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapdeck-media-'));
  writeFileSync(join(folder, 'a.wav'), '0123456789');
  writeFileSync(join(folder, 'empty.wav'), '');
  const files = new Map(['a', 'empty', 'gone'].map((id) => [id, join(folder, `${id}.wav`)]));
  answer = mediaHandler((id) => {
    const path = files.get(id);
    return path === undefined ? null : { path, mime: 'audio/wav' };
  }, 'app://tapdeck');
});
afterAll(() => rmSync(folder, { recursive: true }));

const ask = (url: string, range?: string, method = 'GET'): Promise<Response> =>
  answer(new Request(url, { method, headers: range === undefined ? {} : { range } }));

describe('media protocol', () => {
  it('gives the whole artifact, and only to the page', async () => {
    const response = await ask('media://artifact/a');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'audio/wav',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': 'app://tapdeck',
    });
    expect(await response.text()).toBe('0123456789');
  });

  it.each([
    ['bytes=2-4', 'bytes 2-4/10', '234'],
    ['bytes=7-', 'bytes 7-9/10', '789'],
    ['bytes=-1', 'bytes 9-9/10', '9'],
    ['bytes=0-99', 'bytes 0-9/10', '0123456789'],
  ])('gives a part for %s', async (range, contentRange, text) => {
    const response = await ask('media://artifact/a', range);
    expect([response.status, response.headers.get('content-range')]).toEqual([206, contentRange]);
    expect(response.headers.get('content-length')).toBe(String(text.length));
    expect(await response.text()).toBe(text);
  });

  it('refuses what does not exist', async () => {
    const past = await ask('media://artifact/a', 'bytes=10-');
    expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    for (const url of ['media://artifact/b', 'media://other/a', 'media://artifact/gone', 'media://artifact/a/..']) {
      expect([url, (await ask(url)).status]).toEqual([url, 404]);
    }
    expect((await ask('media://artifact/a', undefined, 'POST')).status).toBe(405);
  });

  it('answers HEAD without a body, and an empty artifact', async () => {
    const head = await ask('media://artifact/a', undefined, 'HEAD');
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', '']);
    const empty = await ask('media://artifact/empty');
    expect([empty.status, empty.headers.get('content-length'), await empty.text()]).toEqual([200, '0', '']);
  });
});
