import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bias } from '../../src/ops/bias.js';
import { prepare, runCases } from './run-cases.js';

const image = { shape: [1, 2, 1, 2], data: Float32Array.from([1, 2, 3, 4]) };

runCases(bias, [
  {
    name: 'per channel',
    attrs: { axis: 1, numAxes: 1 },
    inputs: [image],
    params: [[10, 20]],
    expected: [[11, 12, 23, 24]],
    tolerance: 0,
  },
  {
    name: 'one number for all',
    attrs: { axis: 1, numAxes: 0 },
    inputs: [image],
    params: [[1]],
    expected: [[2, 3, 4, 5]],
    tolerance: 0,
  },
  {
    name: 'a second input of the same shape',
    attrs: { axis: 0 },
    inputs: [image, { ...image }],
    expected: [[2, 4, 6, 8]],
    tolerance: 0,
  },
]);

test('a Bias per channel folds, but not by itself', () => {
  const affine = (axis: number) => {
    const { node, shapes } = prepare(bias, { name: 'affine', attrs: { axis }, inputs: [[1, 2, 3, 3]] }, 7);
    return bias.toAffine?.(node, shapes);
  };
  assert.is(affine(1)?.alone, false);
  assert.is(affine(2), undefined);
});

test.run();
