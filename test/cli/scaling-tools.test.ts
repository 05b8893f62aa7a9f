import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpy, writeNpy } from '../../src/formats/npy.js';
import { formatScaling } from '../../src/scaling-file/format.js';
import { type Ended, refused, runProgram } from './command.js';
import { smallNetwork } from './fixtures.js';

const folder = smallNetwork({
  'labels.txt': '0.png 0\n1.png 1\n2.png 0\n3.png 1\n',
  'few.txt': '0.png 0\n',
  'broken.json': '{"network": [\n  {"name" 1}]}',
});
const network = ['--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const xfdnn = (...words: string[]): Ended => runProgram('xfdnn', folder, words);
const path = (name: string): string => join(folder, name);
const read = (name: string): any => JSON.parse(readFileSync(path(name), 'utf8'));

const quantized = xfdnn(
  'quantize',
  ...network,
  '--calibration_directory',
  'images',
  '--calibration_indices',
  '0,1,2,3',
  '--output_json',
  'q.json',
  '--quiet',
);

test('a file that quantize wrote has no faults', () => {
  assert.is(quantized.code, 0, quantized.error);
  const { code, output, error } = xfdnn('check', 'q.json', ...network);
  assert.equal([code, output, error], [0, '2 entries for overlay v2: 0 faults, 0 warnings\n', '']);
  assert.is(xfdnn('check', 'q.json', '--deploy_model', 'net.prototxt').code, 0);
  assert.is(xfdnn('check', 'q.json').code, 0);
});

test('check names each fault with its entry, fails, and repairs', () => {
  const broken = read('q.json');
  broken.network[0].scale[1] += 1;
  broken.network[1].sf_layer_in *= 2;
  writeFileSync(path('bad.json'), formatScaling(broken.network));
  const found = xfdnn('check', 'bad.json', ...network);
  assert.is(found.code, 1);
  assert.match(
    found.output,
    /^bad\.json: entry "conv1": scale\[1\]: expected \d+, which follows from the thresholds, got \d+\.$/m,
  );
  assert.match(
    found.output,
    /^bad\.json: entry "conv2": sf_layer_in: expected th_layer_in \/ 127 = [\d.]+, got [\d.]+\.$/m,
  );
  const json = JSON.parse(xfdnn('check', 'bad.json', '--json').output);
  assert.equal(
    json.faults.map(({ entry, key }: { entry: string; key: string }) => [entry, key]),
    [
      ['conv1', 'scale'],
      ['conv2', 'sf_layer_in'],
    ],
  );
  const repaired = xfdnn('check', 'bad.json', ...network, '--fix', '-o', 'good.json');
  assert.equal(
    [repaired.code, repaired.output],
    [0, '2 entries for overlay v2: 0 faults, 0 warnings, 2 findings repaired in good.json\n'],
  );
  assert.is(readFileSync(path('good.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
});

test('rescale there and back is the file itself; compare tells them apart by the tolerance', () => {
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
  assert.is(xfdnn('rescale', 'v3.json', '--overlay', 'v2', '--bitwidths', '8,8,8', '-o', 'back.json').code, 0);
  assert.is(readFileSync(path('back.json'), 'utf8'), readFileSync(path('q.json'), 'utf8'));
  assert.equal(
    [xfdnn('compare', 'q.json', 'back.json').code, xfdnn('compare', 'q.json', 'back.json').output],
    [0, 'nothing moved\n'],
  );
  const differs = xfdnn('compare', 'q.json', 'v3.json');
  assert.is(differs.code, 1);
  assert.match(differs.output, /^conv1 +bw_layer_in +8 +16 +differs/m);
  const moved = read('q.json');
  moved.network[1].th_layer_out *= 1.05;
  writeFileSync(path('moved.json'), formatScaling(moved.network));
  assert.equal(
    [
      xfdnn('compare', 'q.json', 'moved.json').code,
      xfdnn('compare', 'q.json', 'moved.json', '--tolerance', '0.05').code,
    ],
    [1, 0],
  );
  assert.is(JSON.parse(xfdnn('compare', 'q.json', 'moved.json', '--json').output).moves.length, 1);
});

test('verify prints a line per layer, and is a gate where asked to', () => {
  const flags = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--quiet'];
  const plain = xfdnn(...flags, '--labels', 'labels.txt');
  assert.equal([plain.code, plain.error], [0, '']);
  for (const layer of ['data', 'conv1 + relu1', 'pool1', 'conv2', 'fc'])
    assert.ok(
      plain.output.split('\n').some((line) => line.startsWith(`${layer} `)),
      layer,
    );
  assert.match(plain.output, /^Agreement with float at "fc": top-1 [\d.]+ %\.$/m);
  assert.match(plain.output, /^Accuracy in float: top-1 [\d.]+ %; on the overlay: top-1 [\d.]+ %\.$/m);
  assert.match(plain.output, /\nLayer "\w+" \(\w+\) hurts most: .*\n$/);
  const json = JSON.parse(xfdnn(...flags, '--json').output);
  assert.equal(
    json.layers.map(({ name }: { name: string }) => name),
    ['data', 'conv1', 'pool1', 'conv2', 'fc'],
  );
  const missed = xfdnn(...flags, '--min_sqnr', '200');
  assert.is(missed.code, 1);
  assert.match(
    missed.error,
    /^--min_sqnr: expected at least 200 dB at every layer, got [\d.-]+ dB at layer "\w+"\.\n$/,
  );
  assert.is(xfdnn(...flags, '--min_agreement', '0%', '--labels', 'labels.txt', '--max_accuracy_drop', '1').code, 0);
});

test('codes that run wrote are those of the emulation; one that changed is found', () => {
  const ran = xfdnn(
    'run',
    ...network,
    '--scaling',
    'q.json',
    '--blobs',
    'all',
    '--calibration_directory',
    'images',
    '--calibration_indices',
    '0,1',
    '--output_dir',
    'dumps',
    '--quiet',
  );
  assert.is(ran.code, 0, ran.error);
  const flags = ['verify', ...network, '--scaling', 'q.json', '--images', 'images', '--dumps', 'dumps', '--quiet'];
  const equal = xfdnn(...flags);
  assert.is(equal.code, 0, equal.error);
  assert.match(equal.output, /\nAll dumps equal the emulation\.\n$/);
  const { shape, data } = readNpy(readFileSync(path('dumps/conv2.npy')), 'conv2.npy');
  assert.equal([shape, data.constructor], [[2, 6, 2, 2], Int8Array]);
  data[24 + 3 * 4 + 1]! += 2;
  writeFileSync(path('dumps/conv2.npy'), writeNpy({ shape, data: data as Int8Array }));
  const differs = xfdnn(...flags);
  assert.is(differs.code, 1);
  assert.match(
    differs.output,
    /\nLayer "conv2" \(conv2\.npy\) differs first: image 1, channel 3, row 0, column 1: the dump has -?\d+, the emulation -?\d+; 1 of 48 values differ, by at most 2\.\n$/,
  );
  mkdirSync(path('strange'));
  renameSync(path('dumps/conv2.npy'), path('strange/conv9.npy'));
  refused(
    folder,
    [...flags.slice(0, -3), '--dumps', 'strange'],
    1,
    /conv9\.npy: expected the name of a layer or blob of the network, got another\./,
  );
});

test('quantize verifies at once where asked to', () => {
  const flags = [
    'quantize',
    ...network,
    '--calibration_directory',
    'images',
    '--calibration_indices',
    '0,1,2,3',
    '--output_json',
    'again.json',
    '--quiet',
  ];
  const { code, output } = xfdnn(...flags, '--verify');
  assert.is(code, 0);
  assert.match(output, /2 entries from 4 calibration images: again\.json\n\n[\s\S]*hurts most/);
  const gated = xfdnn(...flags, '--min_sqnr', '200');
  assert.equal([gated.code, gated.error.startsWith('--min_sqnr: expected at least 200 dB')], [1, true]);
});

test('what the tools refuse', () => {
  refused(folder, ['check', 'broken.json'], 1, /^broken\.json:2:11: expected ":", got "1"\.$/);
  refused(folder, ['check', 'none.json'], 1, /^none\.json: expected a file, found nothing there\./);
  refused(folder, ['compare', 'q.json'], 2, /^error: missing required argument 'second'$/);
  refused(
    folder,
    ['compare', 'q.json', 'q.json', '--tolerance', '-1'],
    2,
    /^--tolerance: expected a number of at least 0, got "-1"\.$/,
  );
  refused(
    folder,
    ['rescale', 'q.json', '--overlay', 'v3'],
    2,
    /^error: required option '-o, --output <file>' not specified$/,
  );
  refused(
    folder,
    ['rescale', 'q.json', '--bitwidths', '16,8,8', '-o', 'x.json'],
    2,
    /^--bitwidths: expected the same width for input and output where no network is given/,
  );
  const verify = ['verify', ...network, '--scaling', 'q.json', '--quiet'];
  refused(folder, verify, 2, /^--images: expected a folder of images, got none\./);
  refused(
    folder,
    ['verify', ...network, '--images', 'images'],
    2,
    /^error: required option '--scaling <file>' not specified$/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--min_agreement', '99'],
    2,
    /^--min_agreement: expected a share such as 0\.99 or 99%, got "99"\.$/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--labels', 'few.txt'],
    1,
    /^few\.txt: expected a line for the image "1\.png", got none\./,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--max_accuracy_drop', '0.1'],
    2,
    /^--max_accuracy_drop: expected --labels/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--dumps', 'images', '--min_sqnr', '3'],
    2,
    /^--dumps: expected no --labels, --min_sqnr/,
  );
  refused(
    folder,
    [...verify, '--images', 'images', '--dumps', 'images'],
    1,
    /^images: expected dumps \(name\.npy\), got none\./,
  );
});

test.run();
