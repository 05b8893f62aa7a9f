import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork();
const batch = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3', '--quiet'];

const fed = (input: string, ...words: string[]) =>
  spawnSync(process.execPath, [join(root, 'bin/xfdnn.js'), ...words], { cwd: folder, input, encoding: 'utf8' });

test('- writes the scaling file, and nothing else, to standard output', () => {
  const { code, output, error } = xfdnn('quantize', ...network, ...batch, '--output_json', '-');
  assert.equal([code, error], [0, '']);
  assert.is(output, readFileSync(path('q.json'), 'utf8'));
  assert.not.ok(existsSync(path('-')));
  // The command's own result is on standard error, line by line.
  const told = xfdnn('quantize', ...network, ...batch.slice(0, -1), '--output_json', '-');
  assert.match(told.error, /\nconv1 .*\nconv2 .*\n/);
});

test('a manifest or a report for - is all that standard output gets, whole also where the reader is slow', () => {
  const manifest = xfdnn('quantize', ...network, ...batch, '--output_json', 'again.json', '--manifest', '-');
  assert.equal([manifest.code, JSON.parse(manifest.output).flags.manifest], [0, '-']);
  const example = (name: string): string => join(root, 'examples/cifar10', name);
  const models = ['--deploy_model', example('deploy.prototxt'), '--weights', example('model.caffemodel')];
  const batchOfTwo = ['--calibration_directory', example('calibration'), '--calibration_indices', '0,1', '--quiet'];
  const report = ['quantize', ...models, ...batchOfTwo, '--output_json', 'example.json', '--report', '-'];
  const words = [process.execPath, join(root, 'bin/xfdnn.js'), ...report];
  const line = `${words.map((word) => `"${word}"`).join(' ')} | (sleep 1; cat)`;
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
  assert.equal([stdout.length > 65_536, stderr], [true, '']);
  assert.match(stdout, /^<!doctype html>[\s\S]*<\/html>\n$/);
  const both = xfdnn('quantize', ...network, ...batch, '--output_json', '-', '--json');
  assert.is(JSON.parse(both.output).error.where, '-');
});

test('- reads a scaling file or a network from standard input', () => {
  const scaling = readFileSync(path('q.json'), 'utf8');
  assert.is(fed(scaling, 'check', '-').stdout, '2 entries for overlay v2: 0 faults, 0 warnings\n');
  assert.is(fed(scaling, 'compare', '-', 'q.json').stdout, 'nothing moved\n');
  const prototxt = readFileSync(path('net.prototxt'), 'utf8');
  assert.match(fed(prototxt, 'inspect', '--deploy_model', '-').stdout, /^6 layers, /m);
  const nameless = fed(prototxt, 'quantize', ...network.slice(2), ...batch, '--deploy_model', '-');
  assert.equal([nameless.status, /^--output_json: expected a path/.test(nameless.stderr)], [2, true]);
});

test('--dry_run says what would be done and writes nothing', () => {
  const words = ['quantize', ...network, ...batch, '--dry_run', '--manifest', 'm.json', '--output_json', 'dry.json'];
  const { code, output, error } = xfdnn(...words);
  assert.equal([code, error], [0, '']);
  assert.match(output, /^sample: 4 images: 0\.png, 1\.png, 2\.png, 3\.png$/m);
  assert.match(output, /^preprocessing: resize \(caffe\) to 3x8x8, transpose 2,0,1, .* mean_value 104,117,123, /m);
  assert.match(output, /^plan: the progressive walk; \d+ thresholds are measured/m);
  assert.match(output, /^Nothing was written\. Without --dry_run the scaling file is dry\.json\.$/m);
  assert.equal([existsSync(path('dry.json')), existsSync(path('m.json'))], [false, false]);
  assert.is(JSON.parse(xfdnn(...words, '--json').output).files.names.length, 4);
});

test('a reader that stops early (| head) is no failure', () => {
  const line = `"${process.execPath}" "${join(root, 'bin/xfdnn.js')}" quantize --help | head -1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  assert.equal([stdout, stderr], ['Usage: xfdnn quantize [options]\n', '']);
});

test.run();
