import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadCaffe } from '../../src/caffe/index.js';
import { inputName, pathsByInput, plainPaths } from '../../src/jobs/input-files.js';
import { scratchFolder } from '../scratch.js';
import { throws } from '../throws.js';

const folder = scratchFolder();

const input = (name: string, top = name): string =>
  `layer { name: "${name}" type: "Input" top: "${top}" input_param { shape { dim: [1, 2] } } }`;
const join2 = 'layer { name: "cat" type: "Concat" bottom: "img0" bottom: "img1" top: "cat" }';
const two = loadCaffe({ prototxt: input('first', 'img0') + input('img1') + join2 });
const one = loadCaffe({ prototxt: `${input('x')}layer { name: "r" type: "ReLU" bottom: "x" top: "r" }` });

test('paths by the names of layers or blobs, in the order of the inputs', () => {
  assert.equal(pathsByInput('--input', ['img1=b.npy', 'first=a=1.npy'], two), ['a=1.npy', 'b.npy']);
  assert.equal(pathsByInput('--input', ['img0=a.npy', 'img1=b.npy'], two), ['a.npy', 'b.npy']);
  assert.equal(
    two.inputs.map((id) => inputName(two, id)),
    ['img0', 'img1'],
  );
});

test('one input needs no name', () => {
  assert.equal(pathsByInput('--input', 'a.npy', one), ['a.npy']);
  assert.equal(pathsByInput('--input', 'x=a.npy', one), ['a.npy']);
  assert.equal(pathsByInput('--input', 'y=a.npy', one), ['y=a.npy']);
});

test('inputs without a path, with two, and names that are no input', () => {
  const wrong = (given: string | string[], got: RegExp): void => {
    throws(() => pathsByInput('--input', given, two), got);
    throws(
      () => pathsByInput('--input', given, two),
      /^--input: expected one --input NAME=PATH for each of the network's 2 inputs "img0", "img1"; /,
    );
  };
  wrong('a.npy', /got "a\.npy"\. Or cut the network with --input_layer and --output_layer\.$/);
  wrong('img0=a.npy', /; one is missing\./);
  wrong(['img0=a.npy', 'first=b.npy'], /got "first=b\.npy"/);
  wrong(['img0=a.npy', 'cat=b.npy'], /got "cat=b\.npy"/);
  throws(() => pathsByInput('--input', ['a.npy', 'b.npy'], one), /1 inputs "x"; got "a\.npy"/);
});

test('before the network is known names are removed, unless a file has the whole name', async () => {
  const whole = join(folder, 'a=b');
  writeFileSync(whole, '');
  assert.equal(await plainPaths(whole), [whole]);
  assert.equal(await plainPaths('x=no/such/folder'), ['no/such/folder']);
  assert.equal(await plainPaths(['img0=a', 'img1=b']), ['a', 'b']);
});

test.run();
