import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { type Ended, refused, runProgram } from './command.js';
import { folderOf } from './fixtures.js';

const example = join(root, 'examples/cifar10');
const network = ['--deploy_model', join(example, 'deploy.prototxt'), '--weights', join(example, 'model.caffemodel')];
const folder = folderOf({});
const xfdnn = (...words: string[]): Ended => runProgram('xfdnn', folder, [...words, '--quiet']);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const LARGEST = 2 ** 21;

const calibration = [
  '--calibration_directory',
  join(example, 'calibration'),
  '--calibration_size',
  '8',
  '--calibration_seed',
  '1',
];
const quantize = ['quantize', ...network, ...calibration, '--calibrator', 'reference'];
const images = ['--images', join(example, 'test'), '--image_count', '6'];

/** Asserts that a report is one small file that loads nothing, with these sections. */
function checkReport(name: string, sections: readonly string[]): void {
  const text = read(name);
  assert.ok(text.length < LARGEST, `${text.length} bytes`);
  assert.not.match(text, /https?:|<script|NaN|undefined/);
  for (const id of sections) assert.match(text, new RegExp(`<section id="${id}"`), id);
}

const views = ['verdict', 'input', 'layers', 'network', 'ranges', 'budget', 'details', 'flipped', 'origins'];

test('quantize, verify, sensitivity and compare write reports', () => {
  const made = xfdnn(...quantize, '--output_json', 'q.json', '--report', 'quantize.html');
  assert.is(made.code, 0, made.error);
  checkReport('quantize.html', views);
  assert.match(read('quantize.html'), /seed of the sample/);
  const flags = [...network, '--scaling', 'q.json', ...images];
  assert.is(xfdnn('verify', ...flags, '--report', 'verify.html').code, 0);
  checkReport('verify.html', views);
  assert.match(read('verify.html'), /res3\/pw/);
  assert.is(xfdnn('sensitivity', ...flags, '--image_count', '1', '--report', 'sensitivity.html').code, 0);
  checkReport('sensitivity.html', ['layers', 'origins']);
  assert.is(xfdnn(...quantize, '--overlay', 'v3', '--output_json', 'v3.json', '--no_quick_look').code, 0);
  assert.is(xfdnn('compare', 'q.json', 'v3.json', '--report', 'compare.html').code, 3);
  checkReport('compare.html', ['thresholds', 'moves']);
});

test('a report is the same for any number of threads, and its scaling file that of a run without', () => {
  const flags = [...network, '--scaling', 'q.json', ...images];
  assert.is(xfdnn('verify', ...flags, '--threads', '1', '--report', 'one.html').code, 0);
  assert.is(read('one.html'), read('verify.html'));
  assert.is(xfdnn(...quantize, '--output_json', 'plain.json', '--no_quick_look').code, 0);
  assert.is(read('plain.json'), read('q.json'));
});

test('a report does not replace a file that is read', () => {
  const flags = ['verify', ...network, '--scaling', 'q.json', ...images];
  refused(
    folder,
    [...flags, '--report', 'q.json'],
    2,
    /^--report: expected a file of its own, got q\.json, which is read\./,
  );
});

test.run();
