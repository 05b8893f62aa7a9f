import { join } from 'node:path';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { calibrate, idle, loadExample, testLab } from './browser.js';

/** What axe finds in the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      rules: { 'color-contrast-enhanced': { enabled: false } },
    }),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

const LOOKS = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 390 },
  { colorScheme: 'dark', width: 390 },
] as const;

/** What is wrong with a view, light and dark, wide and narrow. */
async function expectClean(page: Page, view: string): Promise<void> {
  for (const { colorScheme, width } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    assert.equal(await violations(page), [], `${view}, ${colorScheme}, ${width} pixels`);
    const [needed, had] = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return [scrollWidth, clientWidth] as const;
    });
    assert.ok(needed <= had, `${view}: ${needed} pixels in ${had}`);
    const cut = await page.$$eval('.tabs button', (tabs) =>
      tabs.filter((tab) => tab.getBoundingClientRect().right > innerWidth).map((tab) => tab.textContent),
    );
    const isCut = await page.$$eval('.tabs', (lists) => lists.some((list) => list.scrollWidth > list.clientWidth));
    assert.ok(cut.length === 0 && !isCut, `${view}, ${width} pixels: all tabs are seen, not ${cut}`);
  }
}

testLab('axe finds nothing in any view, light and dark, at 1280 and 390 pixels', async ({ page }) => {
  await expectClean(page, 'start');
  await loadExample(page);
  await page.getByText('More choices').click();
  await calibrate(page);
  const example = (path: string): string => join(root, 'examples/cifar10', path);
  await page.getByRole('radio', { name: 'verification' }).check();
  await page
    .locator('input[data-files=files]')
    .setInputFiles([example('labels.txt'), ...[0, 1, 2].map((i) => example(`test/000${i}.png`))]);
  await page.getByRole('button', { name: 'Clear the labels' }).waitFor();
  await idle(page);
  for (const name of ['Network', 'Input', 'Thresholds', 'Verification', 'Compare']) {
    await page.getByRole('tab', { name }).click();
    if (name === 'Verification') await page.getByRole('button', { name: 'Verify', exact: true }).click();
    if (name === 'Verification') await page.getByText('Integer budget').waitFor({ timeout: 60_000 });
    if (name === 'Compare') await page.getByRole('button', { name: /^Keep/ }).click();
    await expectClean(page, name);
  }
});

testLab('a keyboard alone calibrates, chooses a layer and moves its threshold', async ({ page }) => {
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('button.main:enabled', { hasText: 'Calibrate' }).focus();
  await page.keyboard.press('Enter');
  const slider = page.getByRole('slider');
  await slider.waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Thresholds' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.is(await page.locator('[role=tab][aria-selected=true]').innerText(), 'Verification');
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, page.getByRole('listbox'), 3);
  const title = page.locator('#layer-title');
  await page.keyboard.press('End');
  const last = await title.innerText();
  await page.keyboard.press('Home');
  const first = await title.innerText();
  assert.is.not(first, last);
  await page.keyboard.press('ArrowDown');
  assert.is.not(await title.innerText(), first);
  await tabTo(page, slider, 1);
  const before = Number(await slider.inputValue());
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
  assert.is(Number(await slider.inputValue()), before - 5);
  assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /clipped.*dB/);
});

/** Presses Tab until something has the focus, at most so many times. */
async function tabTo(page: Page, wanted: Locator, most: number): Promise<void> {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.unreachable(`${most} presses of Tab do not lead there`);
}

test.run();
