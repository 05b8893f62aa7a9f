import { test } from 'uvu';
import { gather } from '../../src/ops/gather.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(
  gather,
  [
    {
      name: 'channels in another order, one twice',
      attrs: { view: [2, 3], indices: [null, [2, 0, 0]], shape: [1, 2, 3] },
      inputs: [count(1, 2, 3)],
      shapes: [[1, 2, 3]],
      expected: [[2, 0, 0, 5, 3, 3]],
      tolerance: 0,
    },
    {
      name: 'two axes reversed',
      attrs: { view: [1, 2, 3], indices: [null, [1, 0], [2, 1, 0]], shape: [1, 2, 3] },
      inputs: [count(1, 2, 3)],
      expected: [[5, 4, 3, 2, 1, 0]],
      tolerance: 0,
    },
    {
      name: 'an axis repeated, and a rank that grows',
      attrs: { view: [1, 2], indices: [[0, 0, 0], null], shape: [1, 3, 2] },
      inputs: [count(1, 2)],
      shapes: [[1, 3, 2]],
      expected: [[0, 1, 0, 1, 0, 1]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a view of another size',
      attrs: { view: [4], indices: [null], shape: [4] },
      inputs: [[1, 3]],
      message: /expected 4 elements in and 4 out, got others/,
    },
  ],
);

test.run();
