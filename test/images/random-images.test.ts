import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolvePreprocessing } from '../../src/images/preprocessing-options.js';
import { randomCount, randomImages } from '../../src/images/random-images.js';

test('random:8 is a number of images, other places are not', () => {
  assert.equal(['random:8', 'random:0', 'random', './random:8', 'random:8x'].map(randomCount), [
    8,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('the same number gives the same images, each its own', () => {
  const options = resolvePreprocessing({}, { shape: [1, 3, 4, 4], layout: 'NCHW', framework: 'caffe' });
  const [first, second, ...others] = randomImages(2, options, 0);
  assert.equal([first, others.length], [randomImages(1, options, 0)[0], 0]);
  assert.not.equal(first, second);
  assert.not.equal(first, randomImages(1, options, 1)[0]);
  assert.ok(first!.length === 48 && first!.every((value) => value >= -123 && value <= 151));
});

test.run();
