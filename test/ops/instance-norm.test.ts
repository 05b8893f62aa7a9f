import { test } from 'uvu';
import { instanceNorm } from '../../src/ops/instance-norm.js';
import { runCases } from './run-cases.js';

runCases(instanceNorm, [
  {
    name: 'statistics of each channel',
    attrs: { axis: 2, eps: 0 },
    inputs: [{ shape: [1, 2, 2], data: Float32Array.of(1, 10, 3, 30) }],
    params: [
      [1, 2],
      [0.5, 0],
    ],
    expected: [[-0.5, -2, 1.5, 2]],
    tolerance: 0,
  },
  {
    name: 'channels first, eps added to the variance',
    attrs: { axis: 1, eps: 3 },
    inputs: [{ shape: [1, 1, 2], data: Float32Array.of(0, 2) }],
    params: [[4], [1]],
    expected: [[-1, 3]],
    tolerance: 0,
  },
]);

test.run();
