import { test } from 'uvu';
import { type NormalizeAttrs, normalize } from '../../src/ops/normalize.js';
import { runCases } from './run-cases.js';

const unit: NormalizeAttrs = { acrossSpatial: false, shared: true, eps: 0, layout: 'NCHW' };

const pixels = { shape: [1, 2, 1, 2], data: Float32Array.from([3, 6, 4, 8]) };

runCases(normalize, [
  { name: 'each pixel', attrs: unit, inputs: [pixels], params: [[5]], expected: [[3, 3, 4, 4]] },
  {
    name: 'each channel its scale',
    attrs: { ...unit, shared: false },
    inputs: [pixels],
    params: [[5, 10]],
    expected: [[3, 3, 8, 8]],
  },
  {
    name: 'the whole image',
    attrs: { ...unit, acrossSpatial: true },
    inputs: [pixels],
    params: [[1]],
    expected: [[3, 6, 4, 8].map((x) => x / Math.sqrt(125))],
  },
  {
    name: 'eps in the sum',
    attrs: { ...unit, eps: 11 },
    inputs: [{ shape: [1, 2, 1, 1], data: Float32Array.from([3, 4]) }],
    params: [[6]],
    expected: [[3, 4]],
  },
  {
    name: 'channels last',
    attrs: { ...unit, shared: false, layout: 'NHWC' },
    layout: 'NHWC',
    inputs: [{ shape: [1, 1, 2, 2], data: Float32Array.from([3, 4, 6, 8]) }],
    params: [[5, 10]],
    expected: [[3, 8, 3, 8]],
  },
]);

test.run();
