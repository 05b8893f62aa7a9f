import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { network, quantizedNetwork } from './quantized.js';

/** Flags that do not fit the network, the images or the scaling file end a command before an image is decoded. */
const { path, xfdnn } = quantizedNetwork({ 'labels.txt': '0.png 1\n1.png 0\n', 'other.json': '{"network": []}' });
mkdirSync(path('dumps'));
writeFileSync(path('dumps/convx.npy'), writeNpy({ shape: [1], data: new Int8Array(1) }));

const images = ['--images', 'images', '--preview', 'steps'];
const calibration = ['--calibration_directory', 'images', '--calibration_seed', '1', '--preview', 'steps'];
const judged = ['--scaling', 'q.json', ...images];
const targeted = ['--target_agreement', '1', ...calibration, '--images', 'images'];

const CASES: readonly (readonly [name: string, words: readonly string[], code: 1 | 2, line: RegExp])[] = [
  ['labels of other images', ['verify', ...judged, '--labels', 'labels.txt'], 1, /^labels\.txt: .*"2\.png"/],
  [
    'labels of other images for advise',
    ['advise', ...calibration, '--images', 'images', '--labels', 'labels.txt'],
    1,
    /^labels\.txt: .*"2\.png"/,
  ],
  ['a dump of no layer', ['verify', ...judged, '--dumps', 'dumps'], 1, /convx\.npy: expected the name of a layer/],
  ['a manifest that is missing', ['sensitivity', ...judged, '--manifest', 'none.json'], 1, /^none\.json: /],
  ['widths of no layer', ['quantize', ...calibration, '--layer_bits', 'convx=16'], 2, /^--layer_bits: .*"convx"/],
  [
    'widths of no layer, without a run',
    ['quantize', ...calibration, '--layer_bits', 'convx=16', '--dry_run'],
    2,
    /^--layer_bits: .*"convx"/,
  ],
  ['a layer of the host', ['verify', ...judged, '--float_layers', 'convx'], 2, /^--float_layers: .*"convx"/],
  ['a blob of no layer', ['run', ...judged, '--output_dir', 'out', '--blobs', 'convx'], 2, /^--blobs: .*named "convx"/],
  ['a trace of no layer', ['export', 'kit', ...judged, '--trace', 'convx:0,0,0'], 2, /^--trace: .*convx/],
  ...(['verify', 'sensitivity', 'run', 'export'] as const).map(
    (command) =>
      [
        `another network's scaling file for ${command}`,
        [
          command,
          ...(command === 'export' ? ['kit'] : command === 'run' ? ['--output_dir', 'out'] : []),
          '--scaling',
          'other.json',
          ...images,
        ],
        1,
        /layer "conv1" \(Convolution\): expected an entry of its name/,
      ] as const,
  ),
  [
    "another network's scaling file for a target",
    ['sensitivity', '--scaling', 'other.json', ...targeted],
    1,
    /layer "conv1" \(Convolution\): expected an entry/,
  ],
];

for (const [name, [command = '', ...words], code, line] of CASES) {
  test(name, () => {
    const ended = xfdnn(command, ...network, ...words);
    assert.is(ended.code, code, ended.error);
    assert.match(ended.error, /^[^\n]+\n$/, 'one line: nothing is said of an image');
    assert.match(ended.error, line);
    assert.not(existsSync(path('steps')), 'no image is shown');
  });
}

test('a gate on class scores of a network without any', () => {
  const ended = xfdnn('verify', ...network, ...judged, '--output_layer', 'conv2', '--min_agreement', '0.9');
  assert.is(ended.code, 2, ended.error);
  assert.match(
    ended.error,
    /^--min_agreement: expected a network with one output of class scores, got none\.[^\n]*\n$/,
  );
  assert.not(existsSync(path('steps')));
});

test.run();
