import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused } from './command.js';
import { network, quantizedNetwork } from './quantized.js';

const { folder, path, xfdnn } = quantizedNetwork();

test('there and back is the file itself', () => {
  const there = xfdnn(
    'rescale',
    'q.json',
    '--overlay',
    'v3',
    '--bitwidths',
    '[16, 16, 16]',
    '-o',
    'v3.json',
    ...network,
  );
  assert.equal([there.code, there.output], [0, '2 entries, overlay v2 to v3: v3.json\n']);
  const back = ['rescale', 'v3.json', '--overlay', 'v2', '--bitwidths', '8,8,8', '--multipliers', 'exact'];
  assert.is(xfdnn(...back, '-o', 'back.json').code, 0);
  assert.is(readFileSync(path('back.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
});

test('thresholds of weights that were raised for exact multipliers start from the largest weights, if these are known', () => {
  const paramsOf = (file: string): number[][] =>
    JSON.parse(readFileSync(path(file), 'utf8')).network.map((entry: { th_params: number[] }) => entry.th_params);
  const images = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3', '--quiet'];
  assert.is(xfdnn('quantize', ...network, ...images, '--overlay', 'v3', '--output_json', 'largest.json').code, 0);
  assert.not.equal(paramsOf('q.json'), paramsOf('largest.json'));
  const known = xfdnn('rescale', 'q.json', '--overlay', 'v3', '-o', 'known.json', ...network);
  assert.equal([known.code, known.error], [0, '']);
  assert.equal(paramsOf('known.json'), paramsOf('largest.json'));
  const unknown = xfdnn('rescale', 'q.json', '--overlay', 'v3', '-o', 'unknown.json');
  assert.is(unknown.code, 0);
  assert.match(
    unknown.error,
    /thresholds of weights were raised for exact multipliers, and stay so: pass --deploy_model/,
  );
  assert.equal(paramsOf('unknown.json'), paramsOf('q.json'));
});

test('what rescale refuses', () => {
  refused(
    folder,
    ['rescale', 'q.json', '--overlay', 'v3'],
    2,
    /^--output: expected a file, got none\. --help says what it is\.$/,
  );
  refused(
    folder,
    ['rescale', 'q.json', '--bitwidths', '16,8,8', '-o', 'x.json'],
    2,
    /^--bitwidths: expected the same width for input and output where no network is given/,
  );
});

test.run();
