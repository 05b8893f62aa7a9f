import { test } from 'uvu';
import { lookup } from '../../src/ops/lookup.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(
  lookup,
  [
    {
      name: 'rows of a table; indices outside it, or between two rows, give 0',
      attrs: { axis: 0, batches: 0 },
      inputs: [count(3, 2), { shape: [1, 4], data: Float32Array.of(2, 0, 3, 0.5) }],
      shapes: [[1, 4, 2]],
      expected: [[4, 5, 0, 1, 0, 0, 0, 0]],
      tolerance: 0,
    },
    {
      name: 'columns',
      attrs: { axis: 1, batches: 0 },
      inputs: [count(2, 3), { shape: [2], data: Float32Array.of(2, 1) }],
      shapes: [[2, 2]],
      expected: [[2, 1, 5, 4]],
      tolerance: 0,
    },
    {
      name: 'each batch of its own table',
      attrs: { axis: 2, batches: 1 },
      inputs: [count(2, 2, 3), { shape: [2, 2], data: Float32Array.of(2, 0, 1, 1) }],
      shapes: [[2, 2, 2]],
      expected: [[2, 0, 5, 3, 7, 7, 10, 10]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'batches that differ',
      attrs: { axis: 1, batches: 1 },
      inputs: [
        [2, 3],
        [3, 1],
      ],
      message: /expected 1 axes in common before axis 1, got others/,
    },
  ],
);

test.run();
