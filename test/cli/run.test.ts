import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readNpyFloat32 } from '../../src/formats/npy.js';
import { refused, runProgram } from './command.js';
import { prototxt, smallNetwork } from './fixtures.js';

const run = ['run', '--deploy_model', 'net.prototxt', '--weights', 'net.caffemodel'];
const images = ['--calibration_directory', 'images', '--calibration_size', '3', '--calibration_seed', '7'];

test('each blob is a line with its shape and file', () => {
  const { code, output, error } = runProgram('xfdnn', smallNetwork(), [
    ...run,
    ...images,
    '--blobs',
    'conv1,fc',
    '--output_dir',
    'blobs',
    '--quiet',
  ]);
  assert.equal([code, error], [0, '']);
  assert.is(output, 'conv1 3x4x8x8: blobs/conv1.npy\nfc 3x2: blobs/fc.npy\n');
});

test('a field that is skipped unknown is a warning', () => {
  const misspelt = smallNetwork({
    'net.prototxt': prototxt.replace('top: "conv1" }', 'top: "conv1" blobs_lr: 0.1 }'),
  });
  const { code, error } = runProgram('xfdnn', misspelt, [...run, ...images, '--output_dir', 'blobs', '--quiet']);
  assert.is(error, 'warning: net.prototxt:4:65: unknown field blobs_lr of LayerParameter skipped.\n');
  assert.is(code, 0);
});

test('a field of a layer that may change its result is refused', () => {
  const folder = smallNetwork({
    'net.prototxt': prototxt.replace('top: "conv1" }', 'top: "conv1" relu_param { negative_slop: 0.1 } }'),
  });
  refused(
    folder,
    [...run, ...images, '--output_dir', 'blobs', '--quiet'],
    1,
    /^net\.prototxt: not supported: 1 layer: "\w+" \(ReLU; unknown field negative_slop of ReLUParameter, net\.prototxt:4:78\)\. Correct such a field/,
  );
});

test('--stage admits the layers of a stage, given as a list or repeated', () => {
  const half = (stage: string) =>
    `layer { name: "${stage}" type: "Power" bottom: "data" top: "${stage}" include { stage: "${stage}" } }`;
  const folder = smallNetwork({ 'net.prototxt': `${prototxt}\n${half('one')}\n${half('two')}\n` });
  const blobs = (words: string[]): string[] =>
    runProgram('xfdnn', folder, [...run, ...images, ...words, '--output_dir', 'blobs', '--quiet'])
      .output.split('\n')
      .map((line) => line.replace(/ .*/, ''))
      .filter((name) => name === 'one' || name === 'two');
  assert.equal(blobs([]), []);
  assert.equal(blobs(['--stage', 'two']), ['two']);
  assert.equal(blobs(['--stage', 'one,two']), ['one', 'two']);
  assert.equal(blobs(['--stage', 'one', '--stage', 'two']), ['one', 'two']);
});

test('several inputs: a file or a folder for each, files of a folder matched by name', () => {
  const two = (channels: number, name: string): string =>
    `layer { name: "${name}" type: "Input" top: "${name}" input_param { shape { dim: [1, ${channels}, 8, 8] } } }`;
  const net = `${two(3, 'a')}\n${two(3, 'b')}\nlayer { name: "sum" type: "Eltwise" bottom: "a" bottom: "b" top: "sum" eltwise_param { coeff: 1 coeff: -1 } }\n`;
  const folder = smallNetwork({ 'two.prototxt': net });
  const words = ['run', '--deploy_model', 'two.prototxt', '--seed_weights', '1', '--output_dir', 'blobs', '--quiet'];
  const folders = ['--calibration_directory', 'a=images', '--calibration_directory', 'b=images'];
  const ended = runProgram('xfdnn', folder, [...words, ...folders, '--calibration_size', '2', '--blobs', 'a,sum']);
  assert.is(ended.error, '');
  assert.is(ended.output, 'a 2x3x8x8: blobs/a.npy\nsum 2x3x8x8: blobs/sum.npy\n');
  const files = ['--input', 'b=blobs/sum.npy', '--input', 'a=blobs/a.npy'];
  refused(folder, [...words, ...files], 2, /^"sum": expected a file of its own, got blobs\/sum\.npy, which is read\./);
  const again = [...words, '--output_dir', 'again'];
  assert.is(runProgram('xfdnn', folder, [...again, ...files]).output, 'sum 2x3x8x8: again/sum.npy\n');
  const read = (name: string): number[] => {
    const path = join(folder, name);
    return [...readNpyFloat32(new Uint8Array(readFileSync(path)), path).data];
  };
  assert.equal(read('again/sum.npy'), read('blobs/a.npy'));
  refused(folder, [...words, '--input', 'blobs/a.npy'], 2, /^--input: expected one --input NAME=PATH for each of the/);
});

test('what run refuses', () => {
  const folder = smallNetwork();
  refused(folder, run, 2, /^--output_dir: expected a folder/);
  const saved = smallNetwork({ 'saved/saved_model.pb': '' });
  refused(saved, ['inspect', '--deploy_model', 'saved'], 1, /^saved: this is the folder of a SavedModel;/);
  refused(
    folder,
    [...run, '--output_dir', 'blobs'],
    2,
    /^--images: expected one of --images, --input and --calibration_directory, got none/,
  );
});

test.run();
