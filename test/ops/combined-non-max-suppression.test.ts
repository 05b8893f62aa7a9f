import { test } from 'uvu';
import { combinedNonMaxSuppression } from '../../src/ops/combined-non-max-suppression.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

const attrs = { count: 2, overlap: 0.5, score: 0.1, total: 4, clip: true };
const shared = tensor([1, 3, 1, 4], 0, 0, 1, 1, 0, 0.125, 1, 1.125, -1, 2, 0, 3);
const scores = tensor([1, 3, 2], 0.5, 0.25, 0.75, 0, 0.25, 1);

runCases(
  combinedNonMaxSuppression,
  [
    {
      name: 'the best of two classes, corners limited',
      attrs,
      inputs: [shared, scores],
      shapes: [[1, 4, 4], [1, 4], [1, 4], [1]],
      expected: [[0, 1, 0, 1, 0, 0.125, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1], [1, 0.75, 0.25, 0.25], [1, 0, 0, 1], [4]],
      tolerance: 0,
    },
    {
      name: 'boxes of each class, fewer results than places',
      attrs: { ...attrs, count: 1, total: 3, clip: false },
      inputs: [tensor([1, 1, 2, 4], 0, 0, 1, 1, 0, 0, 2, 2), tensor([1, 1, 2], 0.5, 0.75)],
      expected: [[0, 0, 2, 2, 0, 0, 1, 1, 0, 0, 0, 0], [0.75, 0.5, 0], [1, 0, 0], [2]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'scores of another number of boxes',
      attrs,
      inputs: [
        [1, 3, 1, 4],
        [1, 2, 2],
      ],
      message: /expected boxes \[1, N, 1 or classes, 4\] .* got 1x3x1x4 and 1x2x2/,
    },
  ],
);

test.run();
