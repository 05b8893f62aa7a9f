import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { root } from '../support.js';
import { calibrate, idle, loadExample, saved, testLab } from './browser.js';

/** Quarters of a second that a worker may take to end in the middle of a computation. */
const PATIENCE = 20;

const at = (path: string): string => join(root, path);

testLab('a wrong file gets a sentence that fits a page, and the page stays usable', async ({ page }) => {
  const field = page.locator('input[data-files=files]');
  const alert = page.getByRole('alert');
  await field.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('shopping: bread') });
  await alert.getByText('notes.txt is a text file. The lab takes a deploy prototxt').waitFor();
  await field.setInputFiles({ name: 'cat.gif', mimeType: 'image/gif', buffer: Buffer.from('GIF89a...') });
  await alert.getByText('cat.gif is a GIF image.').waitFor();
  await field.setInputFiles(at('examples/cifar10/train.py'));
  await alert.getByText('train.py is a text file.').waitFor();
  assert.not.match(await alert.innerText(), /--\w|xfdnn /, 'no words of the command line');
  await field.setInputFiles({
    name: 'deploy.prototxt',
    mimeType: '',
    buffer: Buffer.from(
      'input: "data" input_dim: 1 input_dim: 3\nlayer { name: "x" type: "Nonsense" bottom: "data" top: "x"',
    ),
  });
  await alert.getByText('deploy.prototxt:2:59: expected "}" to close this LayerParameter').waitFor();
  assert.not.match(await alert.innerText(), /--\w|xfdnn /);
  await field.setInputFiles([
    at('examples/cifar10/model.pb'),
    at('examples/cifar10/calibration/0000.png'),
    at('examples/cifar10/calibration/0001.png'),
  ]);
  await idle(page);
  await calibrate(page);
  assert.match(await saved(page, 'Save the manifest'), /"deploy_model": "model.pb"/);
});

testLab(
  'a network that takes no images shows its arrays, and says what an image is in their place',
  async ({ page }) => {
    const field = page.locator('input[data-files=files]');
    const alert = page.getByRole('alert');
    const network =
      'input: "x" input_shape { dim: 1 dim: 8 }\nlayer { name: "s" type: "Softmax" bottom: "x" top: "s" }';
    const array = writeNpy({ shape: [1, 8], data: Float32Array.from({ length: 8 }, (_, i) => i / 8) });
    await field.setInputFiles([
      { name: 'net.prototxt', mimeType: '', buffer: Buffer.from(network) },
      { name: 'a.npy', mimeType: '', buffer: Buffer.from(array) },
    ]);
    await page.getByRole('tab', { name: 'Input' }).click();
    await page.getByText(/mean 0\.4/).waitFor();
    assert.is(await alert.innerText(), '');
    await page.getByRole('button', { name: 'Clear the images' }).click();
    await field.setInputFiles(at('examples/cifar10/calibration/0000.png'));
    await alert.getByText('0000.png: expected a .npy array of shape 8, got a PNG image.').waitFor();
  },
);

testLab('files that come while others are read follow them, and each that is of no use is named', async ({ page }) => {
  await page.locator('input[data-files=files]').evaluate((element) => {
    const field = element as HTMLInputElement;
    for (const name of ['first.txt', 'second.txt', 'third.txt']) {
      const files = new DataTransfer();
      files.items.add(new File(['shopping: bread'], name));
      field.files = files.files;
      field.dispatchEvent(new Event('change'));
    }
  });
  const alert = page.getByRole('alert');
  for (const name of ['first.txt', 'second.txt', 'third.txt'])
    await alert.getByText(`${name} is a text file.`).waitFor();
  assert.not.match(await alert.innerText(), /is going on/);
});

testLab('cancel keeps the results and leaves a usable page', async ({ page, browser }) => {
  await loadExample(page);
  const [session] = await workers(browser, 1);
  const calibration = page.getByRole('button', { name: 'Calibrate', exact: true });
  await calibration.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await idle(page);
  // A thread that had no task when it was given up is kept for the next calibration, for a minute: see IDLE_MS.
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  const running = await workers(browser, cores);
  assert.ok(session !== undefined && running.includes(session), 'the worker is the same');
  assert.ok(running.length <= cores, `${running.length} workers for ${cores} threads`);
  assert.is(await page.getByRole('alert').innerText(), '');
  await calibrate(page);
  const scaling = await saved(page, 'Save the scaling file');
  await page.getByRole('radio', { name: 'v3' }).check();
  await calibration.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await idle(page);
  assert.is(await saved(page, 'Save the scaling file'), scaling, 'the calibration before is still there');
  await page.getByRole('tab', { name: 'Verification' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await idle(page);
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('Integer budget').waitFor({ timeout: 60_000 });
  await page.goto('about:blank');
  assert.equal(await workers(browser, 0), [], 'all workers end with the page');
});

/** The identities of the workers that run, those of workers too, once only so many are left. */
async function workers(browser: Browser, left: number): Promise<string[]> {
  const session = await browser.newBrowserCDPSession();
  for (let turn = 0; ; turn++) {
    const { targetInfos } = await session.send('Target.getTargets', { filter: [{}] });
    const found = targetInfos.filter(({ type }) => type.includes('worker')).map(({ targetId }) => targetId);
    if (found.length <= left || turn === PATIENCE) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

test.run();
