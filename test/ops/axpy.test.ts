import { test } from 'uvu';
import { axpy } from '../../src/ops/axpy.js';
import { runCases } from './run-cases.js';

runCases(
  axpy,
  [
    {
      name: 'a factor for each channel',
      attrs: {},
      inputs: [
        { shape: [1, 2, 1, 1], data: Float32Array.of(2, -1) },
        { shape: [1, 2, 1, 2], data: Float32Array.of(1, 2, 3, 4) },
        { shape: [1, 2, 1, 2], data: Float32Array.of(10, 20, 30, 40) },
      ],
      expected: [[12, 24, 27, 36]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'factors of another count',
      attrs: {},
      inputs: [
        [1, 3, 1, 1],
        [1, 2, 4, 4],
        [1, 2, 4, 4],
      ],
      message: /a factor for each channel of 1x2x4x4, got 1x3x1x1/,
    },
    {
      name: 'a sum of two shapes',
      attrs: {},
      inputs: [
        [1, 2],
        [1, 2, 4, 4],
        [1, 2, 4, 3],
      ],
      message: /one shape/,
    },
  ],
);

test.run();
