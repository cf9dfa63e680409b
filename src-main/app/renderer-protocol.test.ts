import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rendererHandler } from './renderer-protocol';

let parent: string;
let answer: (request: Request) => Promise<Response>;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'tapdeck-renderer-'));
  mkdirSync(join(parent, 'page/assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.js'), 'secret');
  writeFileSync(join(parent, 'page/index.html'), '<!doctype html>');
  writeFileSync(join(parent, 'page/assets/index.js'), 'export {}');
  answer = rendererHandler(join(parent, 'page'));
});
afterAll(() => rmSync(parent, { recursive: true }));

const ask = (path: string): Promise<Response> => answer(new Request(`app://tapdeck/${path}`));

describe('renderer protocol', () => {
  it('serves the page with its policy and its types', async () => {
    const page = await ask('index.html');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await ask('assets/index.js')).headers.get('content-type')).toContain('text/javascript');
  });

  it.each(['../secret.js', '..%2Fsecret.js', '%2e%2e/secret.js', 'assets', 'missing.js', '%00', '%E0%A4%A'])(
    'gives nothing for %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );
});
