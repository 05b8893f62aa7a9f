import { test } from 'uvu';
import { refused } from './command.js';
import { caffemodel, folderOf, png, prototxt, smallNetwork, weights, withBlobs } from './fixtures.js';

const quantize = (...more: string[]): string[] => [
  'quantize',
  '--deploy_model',
  'net.prototxt',
  '--weights',
  'net.caffemodel',
  '--calibration_directory',
  'images',
  '--calibration_size',
  '4',
  '--calibration_seed',
  '0',
  '--quiet',
  ...more,
];

const verify = ['verify', '--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel', '--quiet'];

/** The network with its text changed. */
const edited = (from: string | RegExp, to: string): Record<string, string> => ({
  'net.prototxt': prototxt.replace(from, to),
});

function wrong(
  name: string,
  files: Record<string, Uint8Array | string>,
  words: readonly string[],
  code: 1 | 2,
  line: RegExp,
): void {
  test(name, () => refused(smallNetwork(files), words, code, line));
}

wrong(
  'a model that is missing',
  {},
  quantize('--deploy_model', 'none.prototxt'),
  1,
  /^none\.prototxt: expected a file, found nothing there\./,
);
wrong(
  'weights that are missing',
  {},
  quantize('--weights', 'none.caffemodel'),
  1,
  /^none\.caffemodel: expected a file, found nothing there\./,
);
wrong(
  'images that are missing',
  {},
  quantize('--calibration_directory', 'none'),
  1,
  /^none: expected a folder, found nothing there\./,
);
wrong('a folder for a model', {}, quantize('--deploy_model', 'images'), 1, /^images: expected a file, got a folder\./);
wrong('a folder for weights', {}, quantize('--weights', 'images'), 1, /^images: expected a file, got a folder\./);
wrong(
  'a file for a folder',
  {},
  quantize('--calibration_directory', 'net.prototxt'),
  1,
  /^net\.prototxt: expected a folder, got a file\./,
);
wrong(
  'a folder for the scaling file',
  {},
  quantize('--output_json', 'images'),
  1,
  /^images: expected a file, got a folder\./,
);
wrong(
  'a file for a folder of the scaling file',
  {},
  quantize('--output_json', 'net.prototxt/a.json'),
  1,
  /^net\.prototxt\/a\.json: .*a part of the path is not a folder\./,
);
wrong('a folder for the manifest', {}, quantize('--manifest', 'images'), 1, /^images: expected a file, got a folder\./);
wrong(
  'the model for the scaling file',
  {},
  quantize('--output_json', './net.prototxt'),
  2,
  /^--output_json: expected a file of its own, got \.\/net\.prototxt, which is read\./,
);
wrong(
  'an image for the manifest',
  {},
  quantize('--manifest', 'images/1.png'),
  2,
  /^--manifest: expected a file of its own/,
);
wrong(
  'a model in JSON by its ending',
  { 'net.json': prototxt },
  quantize('--deploy_model', 'net.json'),
  2,
  /^--output_json: expected a file of its own, got net\.json, which is read\./,
);
wrong(
  'one file for the scaling file and the manifest',
  {},
  quantize('--output_json', 'a.json', '--manifest', 'a.json'),
  2,
  /^--manifest: expected a file of its own, got a\.json, which --output_json takes\./,
);
wrong(
  'a folder of folders',
  { 'empty/nested/0.png': png(1) },
  quantize('--calibration_directory', 'empty'),
  1,
  /^empty: expected images or \.npy arrays, got no file but 1 folder\. Pass --recursive/,
);

wrong(
  'a truncated caffemodel',
  { 'net.caffemodel': caffemodel(weights).subarray(0, 700) },
  quantize(),
  1,
  /^net\.caffemodel at byte \d+: .*truncated/,
);
wrong('an empty caffemodel', { 'net.caffemodel': '' }, quantize(), 1, /^net\.caffemodel: .*empty/);
wrong(
  'an empty prototxt',
  { 'net.prototxt': '' },
  quantize(),
  1,
  /^net\.prototxt: expected a network with layers, got none\./,
);
wrong(
  'model and weights swapped',
  {},
  quantize('--deploy_model', 'net.caffemodel', '--weights', 'net.prototxt'),
  1,
  /^net\.caffemodel: this is a binary file; expected the text of a prototxt\. Are model and weights swapped\?$/,
);
wrong(
  'text for weights',
  {},
  quantize('--weights', 'net.prototxt'),
  1,
  /^net\.prototxt: this is a text file; expected a binary caffemodel\. Are model and weights swapped\?$/,
);
wrong('an image for a model', {}, quantize('--deploy_model', 'images/0.png'), 1, /^images\/0\.png: .*PNG/);
wrong('an image for weights', {}, quantize('--weights', 'images/0.png'), 1, /^images\/0\.png: .*PNG/);
wrong('binary zeros for a prototxt', { 'net.prototxt': new Uint8Array(100) }, quantize(), 1, /^net\.prototxt/);
wrong('text that is no prototxt', edited('name: "conv1"', 'name "conv1"'), quantize(), 1, /^net\.prototxt:3:\d+: /);
wrong(
  'a brace that is not closed',
  { 'net.prototxt': `${prototxt}layer {` },
  quantize(),
  1,
  /^net\.prototxt:\d+:\d+: /,
);

wrong(
  'weights of another network',
  { 'net.caffemodel': caffemodel([{ name: 'other', blobs: [{ shape: [3] }] }]) },
  quantize(),
  1,
  /^net\.prototxt: none of its 3 layers with weights .*net\.caffemodel, which has "other"/,
);
wrong(
  'a layer without weights',
  { 'net.caffemodel': caffemodel(weights.slice(0, 2)) },
  quantize(),
  1,
  /^net\.prototxt: only 2 of its 3 layers with weights are in net\.caffemodel; missing: "fc"\./,
);
wrong(
  'one blob too few',
  { 'net.caffemodel': withBlobs('conv1', [{ shape: [4, 3, 3, 3] }]) },
  quantize(),
  1,
  /^net\.prototxt:3:\d+: layer "conv1" \(Convolution\): expected 2 weight blobs .*, got 1 .* in net\.caffemodel\./,
);
wrong(
  'one blob too many',
  { 'net.caffemodel': withBlobs('conv1', [{ shape: [4, 3, 3, 3] }, { shape: [4] }, { shape: [4] }]) },
  quantize(),
  1,
  /^net\.prototxt:3:\d+: layer "conv1" \(Convolution\): expected 2 weight blobs .*, got 3 /,
);
wrong(
  'a shape off by one',
  { 'net.caffemodel': withBlobs('conv2', [{ shape: [6, 4, 3, 4] }, { shape: [6] }]) },
  quantize(),
  1,
  /^net\.prototxt:6:\d+: layer "conv2" \(Convolution\): expected weights of 6x4x3x3, got 6x4x3x4 in net\.caffemodel\./,
);
wrong(
  'weights that are NaN',
  {
    'net.caffemodel': withBlobs('conv2', [
      { shape: [6, 4, 3, 3], values: [...new Array<number>(215).fill(1), NaN] },
      { shape: [6] },
    ]),
  },
  quantize(),
  1,
  /"conv2" \(Convolution\): expected finite weights, got NaN/,
);
wrong(
  'a bias that is infinite',
  { 'net.caffemodel': withBlobs('fc', [{ shape: [2, 24] }, { shape: [2], values: [0, Infinity] }]) },
  quantize(),
  1,
  /"fc" \(InnerProduct\): expected finite weights, got Infinity/,
);
const normed = edited(
  /layer { name: "relu1".*/,
  'layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" }\nlayer { name: "relu1" type: "PReLU" bottom: "conv1" top: "conv1" }',
);
const statistics = (variance: readonly number[], slopes: readonly number[]): Uint8Array =>
  caffemodel([
    ...weights,
    { name: 'bn1', blobs: [{ shape: [4] }, { shape: [4], values: variance }, { shape: [1], values: [1] }] },
    { name: 'relu1', blobs: [{ shape: [4], values: slopes }] },
  ]);
wrong(
  'a variance that is NaN',
  { ...normed, 'net.caffemodel': statistics([1, 1, NaN, 1], [0, 0, 0, 0]) },
  quantize(),
  1,
  /^net\.prototxt:4:\d+: layer "bn1" \(BatchNorm\): expected a finite factor .* got NaN for channel 2\./,
);
wrong(
  'a negative variance',
  { ...normed, 'net.caffemodel': statistics([1, -1, 1, 1], [0, 0, 0, 0]) },
  quantize(),
  1,
  /"bn1" \(BatchNorm\): expected a finite factor .* got NaN for channel 1\./,
);
wrong(
  'a slope that is NaN',
  { ...normed, 'net.caffemodel': statistics([1, 1, 1, 1], [0, 0, 0, NaN]) },
  quantize(),
  1,
  /"relu1" \(PReLU\): expected finite weights, got NaN at element 3\./,
);
wrong(
  'a field misspelt',
  edited('num_output: 6 kernel_size: 3', 'num_output: 6 kernel_sise: 3'),
  quantize(),
  1,
  /^net\.prototxt: not supported: 1 layer: "conv2" \(Convolution; unknown field kernel_sise of ConvolutionParameter, net\.prototxt:6:\d+\)\. Correct such a field/,
);
wrong(
  'activations that overflow',
  {
    'net.caffemodel': withBlobs('conv2', [
      { shape: [6, 4, 3, 3], values: new Array<number>(216).fill(3e38) },
      { shape: [6] },
    ]),
  },
  quantize(),
  1,
  /^net\.prototxt:6:\d+: layer "conv2" \(Convolution\): expected finite activations, got NaN or infinity for the image images\/0\.png\./,
);

wrong(
  'a cycle',
  edited('bottom: "data" top: "conv1"', 'bottom: "conv2" top: "conv1"'),
  quantize(),
  1,
  /^net\.prototxt:3:\d+: layer "conv1" \(Convolution\): bottom "conv2" .*a cycle\./,
);
wrong(
  'a bottom that nothing writes',
  edited('bottom: "pool1"', 'bottom: "pool9"'),
  quantize(),
  1,
  /^net\.prototxt:6:\d+: layer "conv2" \(Convolution\): bottom "pool9" is undefined/,
);
wrong(
  'a group that does not divide',
  edited('num_output: 4', 'num_output: 4 group: 2'),
  quantize(),
  1,
  /^net\.prototxt:3:\d+: layer "conv1" \(Convolution\): .*group/,
);
wrong(
  'a kernel larger than its input',
  edited('num_output: 6 kernel_size: 3', 'num_output: 6 kernel_size: 7'),
  quantize(),
  1,
  /^net\.prototxt:6:\d+: layer "conv2" \(Convolution\): .*kernel/,
);
wrong(
  'a deconvolution that no memory holds',
  edited(
    /"conv2" type: "Convolution"(.*)kernel_size: 3/,
    '"conv2" type: "Deconvolution"$1kernel_size: 3 stride: 100000',
  ),
  ['inspect', '--deploy_model', 'net.prototxt'],
  1,
  /^net\.prototxt:6:\d+: layer "conv2" \(Deconvolution\): expected its output to have at most \d+ elements, got 1x6x300003x300003\./,
);
wrong(
  'a pooling that no memory holds',
  edited('kernel_size: 2 stride: 2', 'kernel_size: 4294967295 pad: 4294967294'),
  ['inspect', '--deploy_model', 'net.prototxt'],
  1,
  /^net\.prototxt:5:\d+: layer "pool1" \(Pooling\): expected kernel, dilation and pad that take a padded input of fewer than 2\^30 elements/,
);
wrong(
  'a layer nobody can run',
  edited('type: "Pooling"', 'type: "Spooling"'),
  quantize(),
  1,
  /^net\.prototxt: not supported: 1 layer: "pool1" \(Spooling\)\./,
);
wrong(
  'an input of two channels',
  edited('dim: 3 dim: 8', 'dim: 2 dim: 8'),
  [
    'quantize',
    '--deploy_model',
    'net.prototxt',
    '--seed_weights',
    '1',
    '--calibration_directory',
    'images',
    '--calibration_size',
    '1',
    '--quiet',
  ],
  1,
  /^images\/\d\.png: expected a \.npy array of shape 2x8x8, got a PNG image\./,
);
wrong(
  'another size than the inner product allows',
  {},
  quantize('--dims', '3,16,16'),
  1,
  /^net\.prototxt:7:\d+: layer "fc" \(InnerProduct\): expected weights of 2x\d+, got 2x24 in net\.caffemodel\. The weights fix the size/,
);

wrong(
  'too few images',
  {},
  quantize('--calibration_size', '5'),
  2,
  /^--calibration_size: expected at most 4, the number of files in the calibration directory, got 5\./,
);
wrong(
  'an image that is broken',
  { 'images/2.png': png(3).subarray(0, 100) },
  quantize(),
  1,
  /^images\/2\.png at byte \d+: expected a whole PNG chunk, .*truncated/,
);
wrong(
  'an image that is no image',
  { 'images/2.png': 'Hello.' },
  quantize(),
  1,
  /^images\/2\.png: expected a PNG or JPEG image or a \.npy array, got a text\./,
);
wrong(
  'only broken images',
  { 'broken/1.png': 'a' },
  [
    'quantize',
    '--deploy_model',
    'net.prototxt',
    '--seed_weights',
    '1',
    '--calibration_directory',
    'broken',
    '--calibration_size',
    '1',
  ],
  1,
  /^broken\/1\.png: /,
);
wrong(
  'run: a blob the network does not have',
  {},
  [
    'run',
    '--deploy_model',
    'net.prototxt',
    '--seed_weights',
    '1',
    '--calibration_directory',
    'images',
    '--calibration_size',
    '1',
    '--blobs',
    'conv9',
    '--output_dir',
    'blobs',
    '--quiet',
  ],
  2,
  /^--blobs: the network has no layer or blob named "conv9"\./,
);
wrong(
  'run: an input that is no array',
  {},
  ['run', '--deploy_model', 'net.prototxt', '--seed_weights', '1', '--input', 'images/0.png', '--output_dir', 'blobs'],
  1,
  /^images\/0\.png: /,
);
wrong('inspect: a folder', {}, ['inspect', '--deploy_model', 'images'], 1, /^images: expected a file, got a folder\./);
wrong('check: no JSON', {}, ['check', 'net.prototxt'], 1, /^net\.prototxt.*: /);
wrong(
  'check: a file that is missing',
  {},
  ['check', 'none.json'],
  1,
  /^none\.json: expected a file, found nothing there\./,
);
wrong(
  'verify: no images',
  { 'q.json': '{"network": []}' },
  [...verify, '--scaling', 'q.json'],
  2,
  /^--images: expected a folder of images, got none\./,
);
wrong(
  'verify: a network for the scaling file',
  {},
  [...verify, '--scaling', 'net.prototxt', '--images', 'images'],
  1,
  /^net\.prototxt/,
);
wrong(
  'verify: labels that are none',
  { 'q.json': '{"network": []}', labels: 'x' },
  [...verify, '--scaling', 'q.json', '--images', 'images', '--labels', 'labels'],
  1,
  /^labels:1: expected a file name and its class, a whole number from 0, got "x"\./,
);
wrong(
  'verify: an image for an array',
  { 'q.json': '{"network": []}' },
  [...verify, '--scaling', 'q.json', '--input', 'images/0.png'],
  1,
  /^images\/0\.png: expected a \.npy array/,
);
wrong(
  'verify: a share beyond 1',
  { 'q.json': '{"network": []}' },
  [...verify, '--scaling', 'q.json', '--images', 'images', '--min_agreement', '2'],
  2,
  /^--min_agreement: expected a share such as 0\.99 or 99%, got "2"\./,
);
wrong(
  'compare: one file is missing',
  { 'a.json': '{"network": []}' },
  ['compare', 'a.json', 'none.json'],
  1,
  /^none\.json: expected a file, found nothing there\./,
);
wrong(
  'rescale: a scaling file that is a network',
  {},
  ['rescale', 'net.prototxt', '-o', 'new.json'],
  1,
  /^net\.prototxt.*: /,
);

wrong(
  'labels for a model',
  { 'labels.txt': 'a.png 3\nb.png 5\n' },
  quantize('--deploy_model', 'labels.txt'),
  1,
  /^labels\.txt: this is a text without a layer; expected the text of a prototxt\. Pass the deploy prototxt;/,
);
wrong(
  'verify: labels for a scaling file',
  { 'labels.txt': 'a.png 3\n' },
  [...verify, '--scaling', 'labels.txt', '--images', 'images'],
  1,
  /^labels\.txt: this is a text file, not JSON; expected a scaling file\. Pass the file that xfdnn quantize wrote/,
);
wrong(
  'check: weights for a scaling file',
  {},
  ['check', 'net.caffemodel'],
  1,
  /^net\.caffemodel: this is .*, not JSON; expected a scaling file\. Pass the file that xfdnn quantize wrote/,
);
wrong(
  'a Keras file for a model',
  { 'net.h5': Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0, 0) },
  ['inspect', '--deploy_model', 'net.h5'],
  1,
  /^net\.h5: this is .* HDF5.*; expected .*\. Save .* as a SavedModel/,
);
wrong(
  'a raw scale of 0',
  {},
  quantize('--raw_scale', '0'),
  2,
  /^--raw_scale: expected a factor other than 0, got 0: every image would be the same\./,
);
wrong(
  'two means for three channels',
  {},
  quantize('--mean_value', '104,117'),
  2,
  /^--mean_value: expected 1 or 3 values, got \[104, 117\]\. Give one for each channel/,
);
wrong(
  'inspect: widths without a plan',
  {},
  ['inspect', '--deploy_model', 'net.prototxt', '--bitwidths', '16,16,16'],
  2,
  /^--bitwidths: expected --plan beside it, got none\./,
);
wrong(
  'check: an output without --fix',
  { 'q.json': '{"network": []}' },
  ['check', 'q.json', '-o', 'r.json'],
  2,
  /^--output: expected --fix beside it, got none\./,
);
wrong(
  'an unknown option that resembles none',
  {},
  quantize('--zzz'),
  2,
  /^--zzz: expected a flag of quantize, got another\. --help lists those that there are\.$/,
);

test('weights that are missing altogether', () => {
  refused(
    folderOf({ 'net.prototxt': prototxt }),
    ['inspect', '--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'],
    1,
    /^net\.caffemodel: expected a file/,
  );
  refused(
    folderOf({ 'net.prototxt': prototxt, 'images/a.png': png(1) }),
    ['quantize', '--deploy_model', 'net.prototxt', '--calibration_directory', 'images', '--calibration_size', '1'],
    2,
    /^--weights: expected a caffemodel, got none\./,
  );
});

test.run();
