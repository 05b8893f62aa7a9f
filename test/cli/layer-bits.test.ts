import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runProgram } from './command.js';
import { prototxt, smallNetwork } from './fixtures.js';

/** The small network with an Eltwise before its second convolution. */
const sum = 'layer { name: "sum" type: "Eltwise" bottom: "pool1" bottom: "pool1" top: "sum" }';
const folder = smallNetwork({
  'net.prototxt': prototxt.replace(
    'layer { name: "conv2" type: "Convolution" bottom: "pool1"',
    `${sum}\nlayer { name: "conv2" type: "Convolution" bottom: "sum"`,
  ),
});
const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const batch = ['--calibration_directory', 'images', '--calibration_indices', '0,1,2,3', '--quiet'];
const xfdnn = (...words: string[]) => runProgram('xfdnn', folder, words);
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
const quantize = (...words: string[]) => xfdnn('quantize', ...network, ...batch, ...words);

test('entries have the widths that are named, and the manifest says which', () => {
  const flags = ['--layer_bits', 'conv1=16', '--manifest', 'm.json', '--output_json', 'q.json'];
  const { code, error } = quantize(...flags);
  assert.is(code, 0, error);
  const widths = read('q.json').network.map((e: any) => [e.name, e.bw_layer_in, e.bw_params, e.bw_layer_out]);
  assert.equal(widths, [
    ['conv1', 16, 16, 8],
    ['sum', 8, undefined, 8],
    ['conv2', 8, 8, 8],
  ]);
  assert.equal(read('m.json').flags.layer_bits, { conv1: 16 });
  assert.is(xfdnn('check', 'q.json', ...network).code, 0);
});

test('verify runs a file of both widths, and inspect --plan shows it', () => {
  const { code, output } = xfdnn(
    'verify',
    ...network,
    '--scaling',
    'q.json',
    '--images',
    'images',
    '--quiet',
    '--json',
  );
  assert.is(code, 0);
  const { layers, missed } = JSON.parse(output);
  assert.equal(
    layers.slice(0, 2).map(({ name, bw }: any) => [name, bw]),
    [
      ['data', 16],
      ['conv1', 8],
    ],
  );
  assert.equal(missed, []);
  const plan = xfdnn('inspect', ...network, '--plan', '--layer_bits', 'conv1=16');
  assert.match(plan.output, /multiplies .* with weights of 16 bits/);
});

test('widths that the overlay cannot compute are refused, and nothing is written', () => {
  const { code, error } = quantize('--layer_bits', 'sum=16', '--output_json', 'n.json');
  assert.is(code, 2);
  assert.match(
    error,
    /^--layer_bits: expected widths that overlay v2 can bring together, got layer "sum" \(Eltwise\) reads 16 bits and writes 8/,
  );
  assert.not.ok(existsSync(join(folder, 'n.json')));
  assert.is(quantize('--layer_bits', 'sum=16', '--overlay', 'v3', '--output_json', 'v3.json').code, 0);
  for (const words of ['conv1', 'conv1=', 'conv1=12', '=16', ''])
    assert.is(quantize('--layer_bits', words, '--output_json', 'n.json').code, 2, words);
});

test('check and verify fault a file with one layer of another width on v2', () => {
  const wide = quantize('--bitwidths', '16,16,16', '--output_json', 'wide.json');
  assert.is(wide.code, 0);
  const [entries, others] = [read('q.json').network, read('wide.json').network];
  const mixed = entries.map((entry: any) =>
    entry.name === 'conv2' ? others.find(({ name }: any) => name === 'conv2') : entry,
  );
  writeFileSync(join(folder, 'mixed.json'), JSON.stringify({ network: mixed }));
  const checked = xfdnn('check', 'mixed.json', '--overlay', 'v2', ...network);
  assert.is(checked.code, 3);
  assert.match(
    checked.output,
    /layer "conv2" \(Convolution\) reads 16 bits of "sum", which has 8: overlay v2 cannot rescale them/,
  );
  const verify = ['verify', ...network, '--scaling', 'mixed.json', '--overlay', 'v2', '--images', 'images', '--quiet'];
  const verified = xfdnn(...verify);
  assert.is(verified.code, 3);
  assert.match(verified.error, /The scaling file does not fit/);
});

test.run();
