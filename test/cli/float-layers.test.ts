import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from './command.js';
import { smallNetwork } from './fixtures.js';

const folder = smallNetwork();
const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const batch = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3', '--quiet'];
const xfdnn = (...words: string[]) => runProgram('xfdnn', folder, words);
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const float = ['--float_layers', 'conv1'];

test('a layer that is named has no entry, and the manifest says so', () => {
  const { code, error } = xfdnn(
    'quantize',
    ...network,
    ...batch,
    ...float,
    '--manifest',
    'm.json',
    '--output_json',
    'q.json',
  );
  assert.is(code, 0, error);
  assert.equal(
    read('q.json').network.map(({ name }: { name: string }) => name),
    ['conv2'],
  );
  assert.equal(read('m.json').flags.float_layers, ['conv1']);
});

test('verify, run and check take the same flag, and name it where the entry is missing', () => {
  const verify = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet'];
  const { code, output, error } = xfdnn(...verify, ...float, '--json');
  assert.is(code, 0, error);
  const widths = JSON.parse(output).layers.map(({ name, bw }: { name: string; bw: number | null }) => [name, bw]);
  assert.equal(widths, [
    ['data', null],
    ['conv1', null],
    ['relu1', null],
    ['pool1', null],
    ['conv2', 8],
    ['fc', null],
  ]);
  const missing = xfdnn(...verify);
  assert.is(missing.code, 1);
  assert.match(
    missing.error,
    /layer "conv1" \(Convolution\): expected an entry .*; if it was made with --float_layers, pass the same here\.$/m,
  );
  assert.is(xfdnn('check', 'q.json', ...network, ...float).code, 0);
  const checked = xfdnn('check', 'q.json', ...network);
  assert.is(checked.code, 3);
  assert.match(
    checked.output,
    /expected an entry for layer "conv1" \(Convolution\), got none; pass --float_layers if it runs on the host/,
  );
  const surplus = xfdnn('check', 'q.json', ...network, '--float_layers', 'conv1,conv2');
  assert.match(surplus.output, /expected a layer of this name that takes an entry; it is one of --float_layers/);
});

test('float layers compute what the float network computes, from values that the overlay rounds', () => {
  const run = (...words: string[]) => xfdnn('run', ...network, ...batch, '--blobs', 'pool1,conv2', ...words);
  assert.is(run('--output_dir', 'float').code, 0);
  assert.is(run('--output_dir', 'fixed', '--scaling', 'q.json', ...float).code, 0);
  const bytes = (path: string) => readFileSync(join(folder, path));
  assert.equal(bytes('fixed/pool1.npy'), bytes('float/pool1.npy'));
  assert.match(bytes('fixed/conv2.npy').toString('latin1', 0, 80), /\|i1/);
});

test('a name that matches nothing is refused before an image is read', () => {
  const { code, error } = xfdnn(
    'quantize',
    ...network,
    ...batch,
    '--float_layers',
    'conv1,con2',
    '--output_json',
    'n.json',
  );
  assert.is(code, 2);
  assert.match(error, /^--float_layers: expected names of layers, got "con2", which matches none\. Near it are "conv/);
});

test.run();
