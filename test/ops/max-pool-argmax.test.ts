import { test } from 'uvu';
import { maxPoolArgmax } from '../../src/ops/max-pool-argmax.js';
import { runCases } from './run-cases.js';

runCases(maxPoolArgmax, [
  {
    name: 'index with channels innermost, the first of equal elements, padding never the largest',
    attrs: { kernel: [2, 2], stride: [2, 2], pad: [0, 0, 0, 1] },
    inputs: [{ shape: [1, 2, 3, 2], data: Float32Array.of(-1, 5, -1, 2, -7, 1, -3, 9, -2, 9, -8, 0) }],
    shapes: [
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    ],
    expected: [
      [-1, 9, -7, 1],
      [0, 7, 4, 5],
    ],
    tolerance: 0,
  },
]);

test.run();
