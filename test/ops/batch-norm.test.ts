import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BatchNormAttrs, batchNorm } from '../../src/ops/batch-norm.js';
import type { Layout } from '../../src/tensor.js';
import { prepare, runCases } from './run-cases.js';
import { tensor } from './values.js';

const norm: BatchNormAttrs = { axis: 1, eps: 0, factor: true, scaleBias: false };

runCases(batchNorm, [
  {
    name: 'mean and variance',
    attrs: norm,
    inputs: [tensor([1, 2, 1, 1], 5, 5)],
    params: [[1, 2], [4, 9], [1]],
    expected: [[2, 1]],
  },
  {
    name: 'a factor divides both',
    attrs: norm,
    inputs: [tensor([1, 2, 1, 1], 5, 5)],
    params: [[2, 4], [8, 18], [2]],
    expected: [[2, 1]],
  },
  {
    name: 'factor 0: neither counts',
    attrs: { ...norm, eps: 4 },
    inputs: [tensor([1, 2, 1, 1], 5, 6)],
    params: [[9, 9], [7, 7], [0]],
    expected: [[2.5, 3]],
  },
  {
    name: 'eps under the root',
    attrs: { ...norm, eps: 5 },
    inputs: [tensor([1, 1, 1, 1], 7)],
    params: [[1], [4], [1]],
    expected: [[2]],
  },
  {
    name: 'fused scale and bias',
    attrs: { ...norm, scaleBias: true },
    inputs: [tensor([1, 2, 1, 1], 5, 5)],
    params: [[1, 2], [4, 9], [1], [10, 20], [-1, 1]],
    expected: [[19, 21]],
  },
  {
    name: 'scale and bias first',
    attrs: { ...norm, factor: false, scaleBias: true, scaleFirst: true },
    inputs: [tensor([1, 2, 1, 1], 5, 5)],
    params: [
      [10, 20],
      [-1, 1],
      [1, 2],
      [4, 9],
    ],
    expected: [[19, 21]],
  },
  {
    name: 'without a factor',
    attrs: { ...norm, factor: false },
    inputs: [tensor([1, 1, 1, 1], 5)],
    params: [[1], [4]],
    expected: [[2]],
  },
  {
    name: 'a flat input',
    attrs: norm,
    inputs: [{ shape: [1, 2], data: Float32Array.from([5, 5]) }],
    params: [[1, 2], [4, 9], [1]],
    expected: [[2, 1]],
  },
]);

test('a batch norm may fold by itself where its axis holds the channels', () => {
  const affine = (attrs: BatchNormAttrs, shape: number[], layout: Layout) => {
    const { node, shapes } = prepare(batchNorm, { name: 'affine', attrs, inputs: [shape], layout }, 7);
    return batchNorm.toAffine?.(node, shapes);
  };
  assert.is(affine({ ...norm, eps: 9 }, [1, 2, 3, 3], 'NCHW')?.alone, true);
  assert.is(affine({ ...norm, axis: 3, eps: 9 }, [1, 3, 3, 2], 'NHWC')?.scale.length, 2);
  assert.is(affine({ ...norm, eps: 9 }, [1, 3, 3, 2], 'NHWC'), undefined);
});

test.run();
