import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fail, placed, XfdnnError } from '../src/error.js';

test('an error reads as where: what; then what to do', () => {
  const error = new XfdnnError(
    'model',
    'layer "conv1" (Convolution)',
    'expected kernel_size of at least 1, got 0.',
    'Set kernel_size.',
  );
  assert.is(error.message, 'layer "conv1" (Convolution): expected kernel_size of at least 1, got 0. Set kernel_size.');
  assert.is(error.within('deploy.prototxt:41:9').where, 'deploy.prototxt:41:9: layer "conv1" (Convolution)');
});

test('fail throws', () => {
  assert.throws(
    () => fail('file', 'x.npy', 'no such file.'),
    (error: XfdnnError) => error.code === 'file',
  );
});

test('an error that names no place is given one', () => {
  const where = (): string => 'layer "a"';
  assert.is((placed(new XfdnnError('data', '', 'too large.'), where) as Error).message, 'layer "a": too large.');
  assert.is((placed(new XfdnnError('data', 'a.png', 'too large.'), where) as Error).message, 'a.png: too large.');
  const other = new Error('other');
  assert.is(placed(other, where), other);
});

test.run();
