import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Page } from 'puppeteer-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quantize } from '../../src/index.js';
import { readFile } from '../../src/platform/index.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';
import { installed, servedLab } from './browser.js';

const executablePath = installed('firefox', 'firefox-esr');
const name =
  'the lab in Firefox, by WebDriver BiDi: the example, a threshold by the keyboard, verification, the same bytes';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

if (executablePath === undefined) test.skip(`${name} (Firefox is not installed)`, () => undefined);
else
  test(name, async () => {
    const served = await servedLab();
    // A narrow page scrolls to its results when they are there, under what the test is about to click.
    const defaultViewport = { width: 1280, height: 900 };
    const browser = await launch({
      browser: 'firefox',
      executablePath,
      defaultViewport,
      headless: true,
      protocolTimeout: 240_000,
    });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(120_000);
      await page.goto(served.address);
      await keepSavedFiles(page);
      await press(page, 'Load the example');
      await press(page, 'Calibrate');
      await page.locator('::-p-text(Save the scaling file)').wait();
      await press(page, 'Save the scaling file');
      assert.is(await lastSaved(page), await commandLine());

      await page.locator('input[type=range]').wait();
      await page.focus('input[type=range]');
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
      await page.locator('::-p-text(1 layer)').wait();
      await press(page, 'Back to the calibration');
      await page.locator('[role=tab]::-p-text(Verification)').click();
      await press(page, 'Verify');
      await page.locator('::-p-text(Integer budget)').wait();
    } finally {
      await browser.close();
      served.close();
    }
  });

/** Clicks a button once it can be used. */
const press = (page: Page, words: string): Promise<void> => page.locator(`button:enabled::-p-text(${words})`).click();

/** Lets the page keep the SHA-256 of what it saves, which a browser without a window asks a folder for. */
function keepSavedFiles(page: Page): Promise<void> {
  return page.evaluate(() => {
    const scope = globalThis as unknown as { saved: Promise<string> };
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (content) => {
      scope.saved = (content as Blob)
        .arrayBuffer()
        .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
        .then((digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(''));
      return make(content);
    };
  });
}

/** Waits until the page has saved a file: a click ends before its handlers do. */
async function lastSaved(page: Page): Promise<string> {
  await page.waitForFunction(() => 'saved' in globalThis);
  return page.evaluate(() => (globalThis as unknown as { saved: Promise<string> }).saved);
}

/** The SHA-256 of what the command line makes of the example. */
async function commandLine(): Promise<string> {
  const folder = scratchFolder();
  try {
    const { output } = await quantize({
      deploy_model: join(root, 'examples/cifar10/deploy.prototxt'),
      weights: join(root, 'examples/cifar10/model.caffemodel'),
      calibration_directory: join(root, 'examples/cifar10/calibration'),
      calibration_size: 32,
      calibration_seed: 1,
      output_json: join(folder, 'out.json'),
      no_quick_look: true,
    });
    return sha256(await readFile(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.run();
