import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchFolder } from '../scratch.js';
import { root } from '../support.js';
import { builtLab, calibrate, loadExample, saved, testLab } from './browser.js';

const folder = scratchFolder();

/** What the command line makes of the example. */
function commandLine(...flags: readonly string[]): string {
  const output = join(folder, 'out.json');
  const words = ['bin/xfdnn.js', 'quantize', ...flags, '--output_json', output, '--no_quick_look'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return readFileSync(output, 'utf8');
}

const EXAMPLE = [
  ...['--deploy_model', 'examples/cifar10/deploy.prototxt', '--weights', 'examples/cifar10/model.caffemodel'],
  ...['--calibration_directory', 'examples/cifar10/calibration', '--calibration_size', '32', '--calibration_seed', '1'],
];

const figures = (page: Page): Promise<string> => page.locator('.overall .figures').innerText();

testLab('the example: calibrate, drag a threshold, go back, switch to v3, verify, compare, save', async (lab) => {
  const { page, errors } = lab;
  await loadExample(page);
  await calibrate(page);
  const v2 = await saved(page, 'Save the scaling file');
  assert.ok(v2 === commandLine(...EXAMPLE), 'the scaling file has the bytes of the command line');

  const before = await figures(page);
  await page.getByRole('option', { name: /^conv2/ }).click();
  await dragThreshold(page, 0.4);
  await page.getByText('1 layer', { exact: true }).waitFor();
  assert.is.not(await figures(page), before, 'the figures change with the threshold');
  await page.getByText('the manifest repeats the calibration').waitFor();
  const edited = JSON.parse(await saved(page, 'Save the scaling file'));
  const [old, now] = [JSON.parse(v2), edited].map(({ network }) =>
    network.find(({ name }: { name: string }) => name === 'conv2'),
  );
  assert.ok(now.th_layer_out < 0.6 * old.th_layer_out, `${old.th_layer_out} to ${now.th_layer_out}`);
  await page.getByRole('button', { name: 'Back to the calibration' }).click();
  await page.getByText('0 layers', { exact: true }).waitFor();
  assert.is(await figures(page), before, 'the way back leads to the same figures');
  assert.ok((await saved(page, 'Save the scaling file')) === v2);

  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('button', { name: /^Keep/ }).click();
  await page.getByRole('radio', { name: 'v3' }).check();
  await calibrate(page);
  const v3 = await saved(page, 'Save the scaling file');
  assert.ok(v3 === commandLine(...EXAMPLE, '--overlay', 'v3'), 'so has that of v3');
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, await saved(page, 'Save the manifest'));
  assert.ok(v3 === commandLine('--from', manifest), 'the manifest repeats it on the command line');

  await page.getByRole('tab', { name: 'Verification' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('Integer budget').waitFor({ timeout: 60_000 });
  await page.getByText('verified', { exact: true }).waitFor();
  assert.match(await saved(page, 'Save the report'), /^<!doctype html>[\s\S]*Signal to noise by layer/);
  await page.getByRole('tab', { name: 'Compare' }).click();
  assert.match(await page.locator('.sides').innerText(), /Overlay\s+default\s+v3/);
  assert.equal(errors, []);
});

/** Drags the threshold to a share of where it is. */
async function dragThreshold(page: Page, share: number): Promise<void> {
  const slider = page.getByRole('slider');
  const box = await slider.boundingBox();
  assert.ok(box !== null);
  const thumb = 24;
  const at = (value: number): number => box.x + thumb / 2 + (value / 1000) * (box.width - thumb);
  const value = Number(await slider.inputValue());
  const y = box.y + box.height / 2;
  await page.mouse.move(at(value), y);
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) await page.mouse.move(at(value * (1 - (step / 8) * (1 - share))), y);
  await page.mouse.up();
}

testLab(
  'one file from the disk holds everything: the example calibrates without a server',
  async ({ page, errors }) => {
    const path = join(await builtLab(), 'xfdnn-lab.html');
    assert.ok(statSync(path).size < 3e6, `${statSync(path).size} bytes`);
    await loadExample(page);
    await calibrate(page);
    assert.ok((await saved(page, 'Save the scaling file')) === commandLine(...EXAMPLE));
    assert.equal(errors, []);
  },
  { file: true },
);

test.run();
