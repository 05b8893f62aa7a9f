import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ended, refused, runProgram } from './command.js';
import { prototxt, smallNetwork } from './fixtures.js';

const folder = smallNetwork();
const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel', '--calibration_directory', 'images'];
const images = ['--calibration_size', '3', '--calibration_seed', '7'];

test('a field that is skipped unknown is a warning', () => {
  const misspelt = smallNetwork({
    'net.prototxt': prototxt.replace('top: "conv1" }', 'top: "conv1" blobs_lr: 0.1 }'),
  });
  const { code, error } = runProgram('xfdnn', misspelt, ['quantize', ...network, ...images, '--quiet']);
  assert.is(error, 'warning: net.prototxt:4:65: unknown field blobs_lr of LayerParameter skipped.\n');
  assert.is(code, 0);
});

const refusals: readonly (readonly [name: string, words: readonly string[], line: RegExp])[] = [
  [
    'seed and indices',
    ['--calibration_seed', '1', '--calibration_indices', '[0,1]'],
    /^--calibration_seed: expected .* seed or --calibration_indices, got both\./,
  ],
  [
    'a bit width of 7',
    [...images, '--bitwidths', '[8,7,8]'],
    /^--bitwidths: expected three of 8 and 16 .*, got \[8,7,8\]\./,
  ],
  ['two bit widths', [...images, '--bitwidths', '8,16'], /^--bitwidths: expected three of 8 and 16 .*, got \[8,16\]\./],
  [
    'words for bit widths',
    [...images, '--bitwidths', 'int8'],
    /^--bitwidths: expected a list of numbers such as \[2,0,1\], got "int8"\.$/,
  ],
  ['an empty list', [...images, '--bitwidths', '[]'], /^--bitwidths: expected a list of numbers .*, got "\[\]"\.$/],
  [
    'a list with a hole',
    [...images, '--transpose', '[2,,1]'],
    /^--transpose: expected a list of numbers .*, got "\[2,,1\]"\.$/,
  ],
  [
    'a list that is not closed',
    [...images, '--transpose', '[2,0,1'],
    /^--transpose: expected a list of numbers .*, got "\[2,0,1"\.$/,
  ],
  ['semicolons in a list', [...images, '--channel_swap', '[2;1;0]'], /^--channel_swap: expected a list of numbers/],
  ['a transpose that is no order', [...images, '--transpose', '[2,0,0]'], /^--transpose: expected /],
  ['a swap beyond the channels', [...images, '--channel_swap', '[3,1,0]'], /^--channel_swap: expected /],
  ['two means for three channels', [...images, '--mean_value', '[1,2]'], /^--mean_value: expected /],
  ['dims of two', [...images, '--dims', '[3,8]'], /^--dims: expected /],
  ['dims of zero', [...images, '--dims', '[3,0,8]'], /^--dims: expected sizes of at least 1/],
  [
    'an index too high',
    ['--calibration_indices', '[0,4]'],
    /^--calibration_indices: expected integers from 0 to 3, .*, got 4\./,
  ],
  [
    'an index twice',
    ['--calibration_indices', '[1,1]'],
    /^--calibration_indices: expected each index once, got 1 twice\./,
  ],
  ['no images', ['--calibration_size', '0'], /^--calibration_size: expected a whole number of at least 1, got "0"\./],
  ['a size in words', ['--calibration_size', 'all'], /^--calibration_size: expected a number, got "all"\./],
  [
    'half an image',
    ['--calibration_size', '2.5'],
    /^--calibration_size: expected a whole number of at least 1, got "2\.5"\./,
  ],
  [
    'a negative seed',
    ['--calibration_seed', '-1'],
    /^--calibration_seed: expected a whole number of at least 0, got "-1"\./,
  ],
  ['a scale that is no number', [...images, '--raw_scale', 'x'], /^--raw_scale: expected a number, got "x"\./],
  [
    'another framework',
    [...images, '--framework', 'torch'],
    /^--framework: expected caffe or tensorflow, got "torch"\./,
  ],
  [
    'another calibrator',
    [...images, '--calibrator', 'kl'],
    /^--calibrator: expected mse, reference, max, percentile, search or percentile:99\.999, got "kl"\./,
  ],
  [
    'a percentile beyond all elements',
    [...images, '--calibrator', 'percentile:101'],
    /^percentile: expected a share of the elements above 0 and at most 100 %, got 101\./,
  ],
  [
    'multipliers of two kinds',
    [...images, '--multipliers', 'exact', '--power_of_two'],
    /^--multipliers: expected one of --multipliers and --power_of_two, got both\./,
  ],
  [
    'multipliers beside a calibrator that chooses them',
    [...images, '--multipliers', 'exact', '--calibrator', 'search'],
    /^--multipliers: expected one of --multipliers and --calibrator search, got both\./,
  ],
  [
    'powers of two beside a calibrator that chooses multipliers',
    [...images, '--power_of_two', '--calibrator', 'search'],
    /^--power_of_two: expected one of --power_of_two and --calibrator search, got both\./,
  ],
  [
    'the reference walk with the calibrator search',
    [...images, '--walk', 'reference', '--calibrator', 'search'],
    /^--walk: expected progressive with --calibrator search, got reference\./,
  ],
  ['another overlay', [...images, '--overlay', 'v9'], /^--overlay: expected v2 or v3, got "v9"\./],
  ['another walk', [...images, '--walk', 'random'], /^--walk: expected reference or progressive, got "random"\./],
  [
    'another sampler',
    ['--calibration_sampler', 'mt'],
    /^--calibration_sampler: expected seedrandom or numpy, got "mt"\./,
  ],
  ['no threads', [...images, '--threads', '0'], /^--threads: expected a whole number of at least 1, got "0"\./],
  ['memory in words', [...images, '--memory', 'much'], /^--memory: expected a size such as 512M or 2G, got "much"\./],
  ['an output layer that is not there', [...images, '--output_layer', 'conv9'], /^--output_layer.*"conv9"/],
  ['an input layer that is not there', [...images, '--input_layer', 'data9'], /^--input_layer.*"data9"/],
  [
    'an unknown flag',
    ['--calibration_sise', '3'],
    /^--calibration_sise: expected a flag of quantize, got another\. Did you mean --calibration_size\?$/,
  ],
  [
    'a flag without its value',
    ['--calibration_size'],
    /^--calibration_size: expected a count behind it, got the end of the line\.$/,
  ],
  ['a word too many', ['--dims', '3', '8', '8'], /^quantize: expected 0 words beside its flags, got 2\./],
];

for (const [name, words, line] of refusals)
  test(`usage: ${name}`, () => refused(folder, ['quantize', ...network, '--quiet', ...words], 2, line));

test('usage: one file for two outputs, however it is spelled', () => {
  const run = ['quantize', ...network, ...images, '--quiet'];
  refused(
    folder,
    [...run, '--output_json', 'a.json', '--manifest', './images/../a.json'],
    2,
    /^--manifest: expected a file of its own, got \.\/images\/\.\.\/a\.json, which --output_json takes\./,
  );
  refused(
    folder,
    [...run, '--manifest', 'net.json'],
    2,
    /^--manifest: expected a file of its own, got net\.json, which --output_json takes\./,
  );
});

test('usage: weights twice', () => {
  refused(
    folder,
    ['quantize', ...network, ...images, '--seed_weights', '1'],
    2,
    /^--seed_weights: expected --weights or a seed for random ones, got both\./,
  );
});

test('usage: flags that are missing', () => {
  refused(folder, ['quantize', ...network.slice(2)], 2, /^--deploy_model: expected a network, got none\./);
  refused(
    folder,
    ['quantize', ...network.slice(0, 4)],
    2,
    /^--calibration_directory: expected a folder of images, got none\./,
  );
});

/** The scaling file and the summary of one command in a fresh folder. */
function scalingOf(program: 'xfdnn' | 'quantize', words: readonly string[]): [string, string] {
  const fresh = smallNetwork();
  const { code, output, error } = runProgram(program, fresh, [...words, '--quiet']);
  assert.equal([code, error], [0, '']);
  return [readFileSync(join(fresh, 'net.json'), 'utf8'), output];
}

test('quantize is xfdnn quantize, in every spelling of its flags', () => {
  const swap = ['--channel_swap', '[2, 1, 0]', '--bitwidths', '8,16,16', '--mean_value', '1 2 3'];
  const expected = scalingOf('xfdnn', ['quantize', ...network, ...images, ...swap]);
  assert.is(JSON.parse(expected[0]).network[0].bw_params, 16);
  assert.equal(scalingOf('quantize', [...network, ...images, ...swap]), expected);
  const spelled = ['--channel-swap', '[2,', '1,', '0]', '--bitwidths=[8,', '16,16]', '--mean-value', '[1.0,2e0,3]'];
  assert.equal(
    scalingOf('quantize', [
      ...network.map((word) => word.replace('_', '-')),
      ...images.map((word) => word.replace('_', '-')),
      ...spelled,
    ]),
    expected,
  );
});

test('a bad image is skipped and named where that is asked for', () => {
  const fresh = smallNetwork({ 'images/1.png': 'Hello.' });
  const words = [
    'quantize',
    ...network,
    '--calibration_indices',
    '[0,1,2]',
    '--quiet',
    '--skip_bad_images',
    '--manifest',
    'manifest.json',
  ];
  const { code, output, error } = runProgram('xfdnn', fresh, words);
  assert.equal(
    [code, error],
    [0, 'skipped: images/1.png: expected a PNG or JPEG image or a .npy array, got a text.\n'],
  );
  assert.match(output, /2 calibration images/);
  assert.equal(
    JSON.parse(readFileSync(join(fresh, 'manifest.json'), 'utf8')).images.map(({ file }: { file: string }) => file),
    ['0.png', '2.png'],
  );
  const without = smallNetwork();
  assert.is(
    runProgram('xfdnn', without, ['quantize', ...network, '--calibration_indices', '[0,2]', '--quiet']).code,
    0,
  );
  assert.is(readFileSync(join(fresh, 'net.json'), 'utf8'), readFileSync(join(without, 'net.json'), 'utf8'));
  const none = smallNetwork({ 'images/2.png': '' });
  const ended = runProgram('xfdnn', none, [
    'quantize',
    ...network,
    '--calibration_indices',
    '[2]',
    '--quiet',
    '--skip_bad_images',
  ]);
  assert.is(ended.code, 1);
  assert.match(
    ended.error,
    /^skipped: images\/2\.png: expected .*, got an empty file\.\nimages: expected at least one usable image, got none among the 1 chosen\.\n$/,
  );
});

test('several inputs: an image that is broken for one of them is skipped, and the manifest lists the files of every folder', () => {
  const input = (name: string): string =>
    `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: [1, 3, 8, 8] } } }`;
  const convolution = (name: string, bottom: string): string =>
    `layer { name: "${name}" type: "Convolution" bottom: "${bottom}" top: "${name}" convolution_param { num_output: 2 kernel_size: 3 } }`;
  const sum = 'layer { name: "s" type: "Eltwise" bottom: "c" bottom: "d" top: "s" }';
  const net = [input('x'), input('z'), convolution('c', 'x'), convolution('d', 'z'), sum].join('\n');
  const fresh = smallNetwork({ 'two.prototxt': net });
  cpSync(join(fresh, 'images'), join(fresh, 'others'), { recursive: true });
  writeFileSync(join(fresh, 'others/1.png'), 'text');
  const model = ['--deploy_model', 'two.prototxt', '--seed_weights', '1', '--quiet'];
  const folders = (flag: string): string[] => [flag, 'x=images', flag, 'z=others'];
  const chosen = [...folders('--calibration_directory'), '--calibration_indices', '0,1', '--output_json', 'two.json'];
  const words = ['quantize', ...model, ...chosen, '--manifest', 'manifest.json'];
  refused(fresh, words, 1, /^others\/1\.png: expected a PNG or JPEG image/);
  const ended = runProgram('xfdnn', fresh, [...words, '--skip_bad_images']);
  assert.match(ended.error, /^skipped: others\/1\.png: [^\n]*\n$/);
  assert.is(ended.code, 0);
  assert.equal(
    JSON.parse(readFileSync(join(fresh, 'manifest.json'), 'utf8')).images.map(
      ({ input: of, file, index }: { input: string; file: string; index: number }) => [of, file, index],
    ),
    [
      ['x', '0.png', 0],
      ['z', '0.png', 0],
    ],
  );
  const verify = ['verify', ...model, '--scaling', 'two.json', ...folders('--images'), '--image_count', '2'];
  refused(fresh, verify, 1, /^others\/1\.png: expected a PNG or JPEG image/);
  assert.match(runProgram('xfdnn', fresh, [...verify, '--skip_bad_images']).output, /\n1 image\.\n/);
  const onto = [...words.slice(0, -1), 'others/0.png'];
  refused(fresh, onto, 2, /others\/0\.png/);
});

test('a scaling file that was there stays as it was where something fails', () => {
  const fresh = smallNetwork({ 'net.json': 'mine', 'images/3.png': 'broken' });
  refused(
    fresh,
    ['quantize', ...network, '--calibration_indices', '[3]', '--quiet'],
    1,
    /^images\/3\.png: .*--skip_bad_images leaves out such files\.$/,
  );
  assert.is(readFileSync(join(fresh, 'net.json'), 'utf8'), 'mine');
  copyFileSync(join(fresh, 'images/0.png'), join(fresh, 'images/3.png'));
  assert.is(runProgram('xfdnn', fresh, ['quantize', ...network, ...images, '--quiet']).code, 0);
  assert.is.not(readFileSync(join(fresh, 'net.json'), 'utf8'), 'mine');
});

test('quantize verifies at once where asked to', () => {
  const all = ['--calibration_indices', '0,1,2,3'];
  const flags = ['quantize', ...network, ...all, '--output_json', 'again.json', '--quiet'];
  const xfdnn = (...words: string[]): Ended => runProgram('xfdnn', folder, words);
  const { code, output } = xfdnn(...flags, '--verify');
  assert.is(code, 0);
  assert.match(output, /2 entries from 4 calibration images: again\.json\n\n[\s\S]*hurts most/);
  const gated = xfdnn(...flags, '--min_sqnr', '200');
  assert.equal([gated.code, gated.error.startsWith('--min_sqnr: expected at least 200 dB')], [3, true]);
  const loud = xfdnn(...flags.filter((word) => word !== '--quiet'), '--min_sqnr', '0');
  assert.is(loud.error.match(/^done in /gm)?.length, 1, loud.error);
  assert.not.match(xfdnn('quantize', '--help').output, /max_accuracy_drop/);
  refused(
    folder,
    [...flags, '--max_accuracy_drop', '1%'],
    2,
    /^--max_accuracy_drop: .*Use xfdnn verify with --labels\./,
  );
});

test.run();
