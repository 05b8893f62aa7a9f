import { test } from 'uvu';
import { spaceBatch } from '../../src/ops/space-batch.js';
import { runCases } from './run-cases.js';

/** Elements 0, 1, 2 ... */
const count = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index),
});

runCases(
  spaceBatch,
  [
    {
      name: 'rows and columns become batches',
      attrs: { to: 'batch', block: [2, 2], edges: [0, 0, 0, 0] },
      inputs: [count(1, 2, 4, 1)],
      shapes: [[4, 1, 2, 1]],
      expected: [[0, 2, 1, 3, 4, 6, 5, 7]],
      tolerance: 0,
    },
    {
      name: 'and come back, cropped',
      attrs: { to: 'space', block: [2, 2], edges: [0, 1, 1, 0] },
      inputs: [count(4, 1, 2, 1)],
      shapes: [[1, 1, 3, 1]],
      expected: [[2, 1, 3]],
      tolerance: 0,
    },
    {
      name: 'one axis, padded with 0',
      attrs: { to: 'batch', block: [2], edges: [1, 0] },
      inputs: [count(1, 3, 2)],
      shapes: [[2, 2, 2]],
      expected: [[0, 0, 2, 3, 0, 1, 4, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'sizes that the block does not divide',
      attrs: { to: 'batch', block: [2], edges: [0, 0] },
      inputs: [[1, 3, 2]],
      message: /expected padded sizes that are multiples of the block 2, got 1x3x2/,
    },
    {
      name: 'a batch that the block does not divide',
      attrs: { to: 'space', block: [2], edges: [0, 0] },
      inputs: [[3, 2, 2]],
      message: /expected a batch that is a multiple of 2, got 3/,
    },
  ],
);

test.run();
