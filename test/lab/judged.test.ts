import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { percent } from '../../src/report/words.js';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';
import { calibrate, idle, loadExample, saved, testLab } from './browser.js';

const folder = scratchFolder();
const at = (path: string): string => join(root, 'examples/cifar10', path);
const names = Array.from({ length: 24 }, (_, i) => `${String(i).padStart(4, '0')}.png`);
mkdirSync(join(folder, 'judged'));
for (const name of names) copyFileSync(at(`test/${name}`), join(folder, 'judged', name));
const judged = names.map((name) => join(folder, 'judged', name));

/** What the command line says of the lab's scaling file on the same images with the same labels. */
function verified(scaling: string): { readonly images: number; readonly accuracy: any; readonly verdict: any } {
  const file = join(folder, 'scaling.json');
  writeFileSync(file, scaling);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['bin/xfdnn.js', 'verify', '--json', '--scaling', file, '--overlay', 'v2', '--deploy_model'],
      ...[at('deploy.prototxt'), '--weights', at('model.caffemodel')],
      ...['--images', join(folder, 'judged'), '--labels', at('labels.txt')],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

async function verify(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Verification' }).click();
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await page.getByText('verified', { exact: true }).waitFor({ timeout: 60_000 });
}

const card = (page: Page): Promise<string> => page.locator('.outcome .figures').innerText();

testLab('images to verify with and labels: the accuracy is that of the command line', async ({ page, errors }) => {
  const field = page.locator('input[data-files=files]');
  await loadExample(page);
  await calibrate(page);
  const scaling = await saved(page, 'Save the scaling file');
  const predictions = page.locator('section[aria-label="Predictions of the images"] tbody tr');
  await page.getByRole('radio', { name: 'verification' }).check();
  await field.setInputFiles([...judged, at('labels.txt')]);
  await page.getByText('24 images', { exact: true }).waitFor();
  await idle(page);
  assert.ok((await saved(page, 'Save the scaling file')) === scaling, 'the calibration stays');
  const shown = (await predictions.allInnerTexts()).map((row) => row.split('\t').map((cell) => cell.trim()));
  assert.equal(
    shown.map(([name, label]) => `${name} ${label}`),
    readFileSync(at('labels.txt'), 'utf8').split('\n').slice(0, 16),
    'predictions are those of the images to verify with, beside their labels',
  );
  assert.is(await page.getByRole('columnheader', { name: 'Label', exact: true }).count(), 1);
  const right = (column: number): number => shown.filter((row) => row[column]?.split(' ')[0] === row[1]).length;
  assert.match(await page.locator('.overall').innerText(), new RegExp(`in float ${right(2)}\\s+${right(3)} of 16`));
  await verify(page);
  const { images, accuracy, verdict } = verified(scaling);
  const text = (await card(page)).replaceAll('\n', ' ');
  assert.is(images, names.length);
  assert.match(text, new RegExp(`images ${images} `));
  assert.match(text, new RegExp(`keep their best class ${verdict.kept} of ${images} `));
  assert.match(text, new RegExp(`accuracy in float ${percent(accuracy.float.top1)} `));
  assert.match(text, new RegExp(`accuracy on the overlay ${percent(accuracy.fixed.top1)} `));
  const report = await saved(page, 'Save the report');
  assert.match(report, /verification.*labels\.txt, SHA-256/s);
  assert.match(report, /accuracy on the overlay/);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: /^Keep/ }).click();
  assert.match(
    await page.locator('.sides').innerText(),
    new RegExp(`Accuracy in float\\s+${percent(accuracy.float.top1)}`),
  );
  await page.getByRole('button', { name: 'Clear the images to verify with and their labels' }).click();
  await idle(page);
  assert.is(await page.getByRole('button', { name: 'Clear the labels' }).count(), 0);
  await page.getByRole('tab', { name: 'Thresholds' }).click();
  assert.not.match(await page.locator('.overall').innerText(), /as labelled/);
  assert.is(await page.getByRole('columnheader', { name: 'Label', exact: true }).count(), 0, 'none of another image');
  await verify(page);
  assert.match((await card(page)).replaceAll('\n', ' '), /images 32 /);
  assert.not.match(await card(page), /accuracy/);
  assert.ok((await saved(page, 'Save the scaling file')) === scaling);
  assert.equal(errors, []);
});

testLab('thresholds that were set by hand stay with other images', async ({ page }) => {
  await loadExample(page);
  await calibrate(page);
  await page.getByRole('option', { name: /^conv2/ }).click();
  await page.getByRole('slider').press('PageDown');
  await page.getByText('the manifest repeats the calibration').waitFor();
  const edited = await saved(page, 'Save the scaling file');
  await page.getByRole('radio', { name: 'verification' }).check();
  await page.locator('input[data-files=files]').setInputFiles(judged.slice(0, 3));
  await page.getByText('of 3', { exact: false }).first().waitFor();
  await idle(page);
  await page.getByText('1 layer', { exact: true }).waitFor();
  assert.ok((await saved(page, 'Save the scaling file')) === edited);
  await page.getByRole('button', { name: 'Back to the calibration' }).click();
  await page.getByText('0 layers', { exact: true }).waitFor();
});

testLab(
  'images to verify with that do not fit are named, and thresholds that were set by hand outlive them',
  async (lab) => {
    const { page } = lab;
    await loadExample(page);
    await calibrate(page);
    await page.getByRole('option', { name: /^conv2/ }).click();
    const slider = page.getByRole('slider');
    await slider.press('PageDown');
    await page.getByText('the manifest repeats the calibration').waitFor();
    const edited = await saved(page, 'Save the scaling file');
    await page.getByRole('radio', { name: 'verification' }).check();
    const png = readFileSync(judged[0] ?? '').subarray(0, 200);
    await page.locator('input[data-files=files]').setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: png });
    const alert = page.getByRole('alert').getByText(/^verification\/x\.png at byte/);
    await alert.waitFor();
    await idle(page);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await slider.press('PageDown');
    await alert.waitFor();
    await page.getByRole('button', { name: 'Clear the images to verify with' }).click();
    await idle(page);
    assert.ok((await saved(page, 'Save the scaling file')) === edited);
    await slider.press('PageDown');
    await page.waitForFunction(() => document.querySelector('[role=alert]')?.textContent === '');
    await page.getByRole('button', { name: 'Back to the calibration' }).click();
    await page.getByText('0 layers', { exact: true }).waitFor();
  },
);

testLab('labels that do not fit are named, and the page stays usable', async ({ page }) => {
  const field = page.locator('input[data-files=files]');
  const alert = page.getByRole('alert');
  const labels = (text: string) => ({ name: 'classes.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await loadExample(page);
  await calibrate(page);
  await page.getByRole('radio', { name: 'verification' }).check();
  const lines = readFileSync(at('labels.txt'), 'utf8').split('\n');
  await field.setInputFiles(judged);
  await idle(page);
  await field.setInputFiles(labels(lines.slice(0, 20).join('\n')));
  await page.getByRole('button', { name: 'Clear the labels' }).waitFor();
  await idle(page);
  await page.getByRole('tab', { name: 'Verification' }).click();
  const verification = page.getByRole('button', { name: 'Verify', exact: true });
  await verification.click();
  await alert.getByText('classes.txt: expected a line for the image "0020.png", got none.').waitFor();
  assert.not.match(await alert.innerText(), /--\w/);
  await field.setInputFiles(labels('0000.png 1000\n0001.png 3\n'));
  await page.getByRole('button', { name: 'Clear the labels' }).waitFor();
  await verification.click();
  await alert.getByText('classes.txt:1: expected a class from 0 to 9, got 1000.').waitFor();
  for (const [text, line] of [
    ['0000.png cat\n0001.png dog\n', '1: .*got "0000.png cat"'],
    ['0000.png 3\n0001.png -1\n0002.png 2', '2: .*got "0001.png -1"'],
    ['# of the test\nfile,class\n0000.png 3\n0001.png 8\n', '2: .*got "file,class"'],
    ['file,class\n0000.png,3\n0001.png,8\n', '1: .*got "file,class"'],
  ] as const) {
    await field.setInputFiles({ ...labels(text), name: 'wrong.txt' });
    await alert.getByText(new RegExp(`^wrong.txt:${line}`)).waitFor();
    await idle(page);
    assert.match(await alert.innerText(), /a whole number from 0/);
  }
  await page.getByRole('button', { name: 'Clear the labels' }).click();
  await idle(page);
  await verify(page);
});

test.run();
