import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeNpy } from '../../src/formats/npy.js';
import { inspectNetwork } from '../../src/jobs/network.js';
import { arraysOf, networkInputs } from '../../src/jobs/network-inputs.js';
import { smallNetwork } from '../cli/fixtures.js';

const folder = smallNetwork();
const network = await inspectNetwork({ deploy_model: join(folder, 'net.prototxt') });
const array = (name: string, shape: readonly number[]): string => {
  const count = shape.reduce((a, b) => a * b, 1);
  writeFileSync(join(folder, name), writeNpy({ shape, data: Float32Array.from({ length: count }, (_, i) => i) }));
  return join(folder, name);
};

test('an array is split along its first axis', async () => {
  const source = await arraysOf(array('two.npy', [2, 3, 8, 8]), network.graph);
  assert.equal(
    ('arrays' in source ? source.arrays : []).map((image) => [image.length, image[0]]),
    [
      [192, 0],
      [192, 192],
    ],
  );
});

test('an array of another shape is refused', async () => {
  const message = await arraysOf(array('other.npy', [2, 3, 8, 7]), network.graph).then(
    () => '',
    (error: Error) => error.message,
  );
  assert.match(message, /other\.npy: expected an array of shape Nx3x8x8, got 2x3x8x7\. Use --dims/);
});

test('the images of a folder are taken in the order of their names', async () => {
  const images = join(folder, 'images');
  assert.equal((await networkInputs({ images }, network)).names, ['0.png', '1.png', '2.png', '3.png']);
  const { names, source } = await networkInputs({ images, image_count: 2 }, network);
  assert.equal(names, ['0.png', '1.png']);
  assert.equal('paths' in source && source.paths, [join(images, '0.png'), join(images, '1.png')]);
});

test('images of sub-folders, images that cannot be decoded, and the means of a mean image', async () => {
  const images = join(folder, 'sorted');
  mkdirSync(join(images, 'cat'), { recursive: true });
  copyFileSync(join(folder, 'images/0.png'), join(images, 'cat/0.png'));
  writeFileSync(join(images, 'bad.png'), 'no image');
  const warnings: string[] = [];
  const hooks = { warn: (line: string) => warnings.push(line) };
  assert.equal((await networkInputs({ images, recursive: true }, network)).names, ['bad.png', 'cat/0.png']);
  const flags = { images, recursive: true, skip_bad_images: true, mean_value: array('mean.npy', [3, 1, 2]) };
  const { names, source } = await networkInputs(flags, network, hooks);
  assert.equal(names, ['cat/0.png']);
  assert.match(warnings.join(), /^skipped: .*bad\.png: expected a PNG or JPEG image/);
  assert.equal('preprocessing' in source && source.preprocessing.meanValue, [0.5, 2.5, 4.5]);
});

test.run();
