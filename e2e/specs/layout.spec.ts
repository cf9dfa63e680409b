import { Workbench } from '../pages/workbench';
import { expect, test } from '../fixtures/electron-app';
import { samplePath, sampleTruth } from '../support/truth';

test('the theme changes at once and is remembered', async ({ launch, folder }) => {
  const first = await launch({ userData: folder });
  const window = new Workbench(first.page);
  const scheme = (page = first.page) => page.locator('html').getAttribute('data-mantine-color-scheme');
  await window.run('Light Theme');
  await expect.poll(() => scheme()).toBe('light');
  await window.run('Dark Theme');
  await expect.poll(() => scheme()).toBe('dark');
  await window.run('Light Theme');
  await expect.poll(() => scheme()).toBe('light');
  await first.close();
  const second = await launch({ userData: folder });
  await expect.poll(() => scheme(second.page)).toBe('light');
});

test('the layout of the dock is remembered, and reset on request', async ({ launch, folder }) => {
  const open = async () => {
    const { page, close } = await launch({ userData: folder, args: [samplePath] });
    const window = new Workbench(page);
    await window.expectLoaded(samplePath, sampleTruth.packets);
    const panel = window.panel('call-flow');
    const width = async () => Math.round((await panel.boundingBox())?.width ?? 0);
    await expect(panel).toBeVisible();
    return { window, page, close, panel, width };
  };
  const first = await open();
  const initial = await first.width();
  const box = await first.panel.boundingBox();
  if (!box) throw new Error('the call flow is not in sight');
  // The border to the panel on the left, drawn 120 pixels to the left.
  await first.page.mouse.move(box.x, box.y + box.height / 2);
  await first.page.mouse.down();
  await first.page.mouse.move(box.x - 60, box.y + box.height / 2);
  await first.page.mouse.move(box.x - 120, box.y + box.height / 2);
  await first.page.mouse.up();
  await expect.poll(first.width).toBe(initial + 120);
  const widened = initial + 120;
  const isRemembered = () => first.page.evaluate(() => localStorage.getItem('tapdeck.layout.1')?.includes('"dock":{'));
  await expect.poll(isRemembered).toBe(true);
  await first.close();

  const second = await open();
  await expect.poll(second.width).toBe(widened);
  await second.window.run('Reset Layout');
  await expect.poll(second.width).toBe(initial);
});

test('the palette offers what is possible now', async ({ page }) => {
  const window = new Workbench(page);
  const search = page.getByRole('textbox', { name: 'Search commands and recent files' });
  const offers = async (text: string, isOffered: boolean) => {
    await page.getByTestId('open-palette').click();
    await search.fill(text);
    const entry = page.getByRole('button', { name: text }).and(page.locator('.mantine-Spotlight-action'));
    await expect(entry).toHaveCount(isOffered ? 1 : 0);
    await page.keyboard.press('Escape');
    await expect(search).toBeHidden();
  };
  await offers('Close Capture', false);
  await window.open(samplePath, sampleTruth.packets);
  await offers('Close Capture', true);
  await window.run('Close Capture');
  await expect(window.welcome).toBeVisible();
});

test('a column that was widened stays wide', async ({ launch, folder }) => {
  const first = await launch({ userData: folder, args: [samplePath] });
  const window = new Workbench(first.page);
  await window.expectLoaded(samplePath, sampleTruth.packets);
  await window.show('calls');
  const widthOf = async (grid: Workbench) => {
    const header = grid.calls.root.getByRole('columnheader').first();
    await expect(header).toBeVisible();
    return (await header.boundingBox())?.width ?? 0;
  };
  const before = await widthOf(window);
  const title = window.calls.root.getByRole('columnheader').first().getByRole('button');
  await title.focus();
  await first.page.keyboard.press('Alt+ArrowRight');
  await first.page.keyboard.press('Alt+ArrowRight');
  await expect.poll(() => widthOf(window)).toBe(before + 20);
  await first.close();
  const second = await launch({ userData: folder, args: [samplePath] });
  const again = new Workbench(second.page);
  await again.expectLoaded(samplePath, sampleTruth.packets);
  await again.show('calls');
  await expect.poll(() => widthOf(again)).toBe(before + 20);
});
