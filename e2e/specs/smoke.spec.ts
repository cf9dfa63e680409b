import type { TapdeckBridge } from '../../shared/ipc/contract';
import { expect, test } from '../fixtures/electron-app';

declare const tapdeck: TapdeckBridge;

test('opens one window and answers what it is', async ({ tapdeck: { app, page } }) => {
  expect(app.windows()).toHaveLength(1);
  expect(await page.title()).toContain('Tapdeck');
  const info = await page.evaluate(() => tapdeck.invoke('app:info', {}));
  expect(info).toMatchObject({ ok: true, value: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) } });
});

test('shuts the page in', async ({ page }) => {
  const url = page.url();
  const reach = await page.evaluate(async () => ({
    node: typeof (globalThis as { require?: unknown }).require + typeof (globalThis as { process?: unknown }).process,
    opened: window.open('https://example.org/') === null,
    bridge: Object.keys(tapdeck).sort(),
    permission: await navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state),
    unknownCommand: await tapdeck.invoke('app:quit' as never, {} as never).then(String, String),
    badInput: await tapdeck.invoke('capture:open', { path: 7 } as never),
  }));
  expect(reach).toMatchObject({
    node: 'undefinedundefined',
    opened: true,
    bridge: ['invoke', 'on', 'pathForFile'],
    permission: 'denied',
    unknownCommand: expect.stringContaining('no such command'),
    badInput: { ok: false, error: { code: 'bad-input' } },
  });
  await page.evaluate(() => void (location.href = 'https://example.org/'));
  expect(await page.evaluate(() => location.href)).toBe(url);
});
