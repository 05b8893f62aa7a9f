import { test } from 'uvu';
import { lookupNd } from '../../src/ops/lookup-nd.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  lookupNd,
  [
    {
      name: 'elements at positions along both axes; a position outside, or between two, gives 0',
      attrs: { batches: 0 },
      inputs: [counting([3, 2]), { shape: [4, 2], data: Float32Array.of(2, 0, 1, 1, 3, 0, 0, 0.5) }],
      shapes: [[4]],
      expected: [[4, 3, 0, 0]],
      tolerance: 0,
    },
    {
      name: 'slices at positions along the first axis',
      attrs: { batches: 0 },
      inputs: [counting([3, 2]), { shape: [1, 2, 1], data: Float32Array.of(2, 0) }],
      shapes: [[1, 2, 2]],
      expected: [[4, 5, 0, 1]],
      tolerance: 0,
    },
    {
      name: 'each batch of its own table',
      attrs: { batches: 1 },
      inputs: [counting([2, 2, 3]), { shape: [2, 1, 1], data: Float32Array.of(1, 0) }],
      shapes: [[2, 1, 3]],
      expected: [[3, 4, 5, 6, 7, 8]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'more axes than there are',
      attrs: { batches: 0 },
      inputs: [
        [3, 2],
        [4, 3],
      ],
      message: /expected positions along axes of 3x2, got 4x3/,
    },
  ],
);

test.run();
