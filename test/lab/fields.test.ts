import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { calibrate, idle, loadExample, saved, testLab } from './browser.js';

const at = (path: string): string => join(root, 'examples/cifar10', path);
const image = (name: string, of: string) => ({
  name,
  mimeType: 'image/png',
  buffer: readFileSync(at(`calibration/${of}.png`)),
});

/** A module of the page. */
async function pageModule(path: string): Promise<any> {
  const entry = fileURLToPath(new URL(`web/${path}`, pathToFileURL(root)));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, write: false, format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`);
}

test('lines of the library name the fields of the page', async () => {
  const { inPageWords } = await pageModule('session/page-words.ts');
  const lines = [
    [
      'warning: it does. Pass --preset tf-slim or --preset original.',
      'It does. Choose “Preset: tf-slim” or “Preset: original”.',
    ],
    [
      'layer "a" divides by 49. --float_layers a/b runs it on the host.',
      'Layer "a" divides by 49. “Runs with: host” in the network view runs it there.',
    ],
    ['expected 3 values. Pass --mean_value.', 'Expected 3 values. Choose “Mean”.'],
    ['it is lost. Try xfdnn rescale. See --calibration_size 32.', 'It is lost. See “Images: 32”.'],
  ];
  for (const [line, words] of lines) assert.is(inPageWords(line), words);
});

test('a list shows of long names the ends that differ', async () => {
  const { shortNames } = await pageModule('page/short-names.ts');
  assert.equal(
    shortNames([
      'data',
      'MobilenetV1/MobilenetV1/Conv2d_0/convolution',
      'MobilenetV1/MobilenetV1/Conv2d_1/convolution',
    ]),
    ['data', '…/Conv2d_0/convolution', '…/Conv2d_1/convolution'],
  );
  assert.equal(shortNames(['inception_4a/3x3_reduce_and_more/a', 'inception_4a/3x3_reduce_and_more/b']), [
    '…/a',
    '…/b',
  ]);
  assert.equal(
    shortNames(['a/one/name/that/is/very/long', 'x/a/one/name/that/is/very/long'])[0],
    'a/one/name/that/is/very/long',
  );
});

testLab('images come beside those that are there, each once, and can be cleared', async ({ page }) => {
  const field = page.locator('input[data-files=files]');
  const images = page.locator('.files > div', { hasText: 'Calibration' });
  await field.setInputFiles([at('deploy.prototxt'), at('model.caffemodel'), at('calibration/0000.png')]);
  await idle(page);
  await field.setInputFiles([at('calibration/0000.png'), at('calibration/0001.png')]);
  await page.getByText('2 in images').waitFor();
  await idle(page);
  await field.setInputFiles([image('0001.png', '0002')]);
  await page.getByText('3 in images').waitFor();
  await idle(page);
  await page.getByRole('tab', { name: 'Input' }).click();
  assert.equal(await page.getByLabel('Image', { exact: true }).locator('option').allInnerTexts(), [
    '0000.png',
    '0001 (2).png',
    '0001.png',
  ]);
  await page.getByRole('button', { name: 'Clear the images' }).click();
  await images.getByText('PNG or JPEG').waitFor();
});

testLab('files that are dropped beside the box are taken', async ({ page }) => {
  const isTaken = await page.locator('h1').evaluate((title) => {
    const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() });
    return !title.dispatchEvent(event);
  });
  assert.ok(isTaken, 'the browser does not show it in place of the page');
  await page.getByText('There is no file in what was given.').waitFor();
});

testLab('a result of another network is not kept, and the page says so', async ({ page }) => {
  await loadExample(page);
  await calibrate(page);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: /^Keep/ }).click();
  await page.locator('input[data-files=files]').setInputFiles(at('calibration/0001.png'));
  await idle(page);
  assert.is(await page.getByRole('alert').innerText(), '', 'more images are no other network');
  await page.locator('input[data-files=files]').setInputFiles(at('model.pb'));
  await page.getByRole('alert').getByText('is of another network').waitFor();
});

testLab('a field of the network that is changed while something is computed counts afterwards', async ({ page }) => {
  await loadExample(page);
  const words = page.getByText(/layers, .* parameters/);
  const before = await words.innerText();
  await page.getByText('Input and output of the network').click();
  await page.getByRole('button', { name: 'Calibrate', exact: true }).click();
  await page.getByLabel('Output layers').fill('res3/pw');
  await page.getByLabel('Output layers').blur();
  await page.getByRole('tab', { name: 'Network' }).click();
  await page
    .getByText(/layers, .* parameters/)
    .filter({ hasNotText: before })
    .waitFor({ timeout: 60_000 });
});

testLab(
  'on a narrow screen the results come into view; the original preset is in the manifest',
  async ({ page }) => {
    await loadExample(page);
    await page.getByRole('tab', { name: 'Input' }).click();
    await page.getByLabel(/^Preset/).selectOption('original');
    await calibrate(page);
    const box = await page.locator('#results').boundingBox();
    assert.ok(box !== null && box.y < 450, `the results begin at ${box?.y} of 900 pixels`);
    assert.match(await saved(page, 'Save the manifest'), /"preset": "original"/);
  },
  { viewport: { width: 390, height: 900 } },
);

test.run();
