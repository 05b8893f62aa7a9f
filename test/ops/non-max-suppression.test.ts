import { test } from 'uvu';
import { nonMaxSuppression } from '../../src/ops/non-max-suppression.js';
import { runCases } from './run-cases.js';
import { tensor } from './values.js';

const attrs = { count: 4, overlap: 0.5, score: 0.1, scores: true };
// The second box covers most of the first; the last has its corners in the other order.
const boxes = tensor([4, 4], 0, 0, 1, 1, 0, 0.05, 1, 1.05, 0, 2, 1, 3, 1, 4, 0, 3);

runCases(
  nonMaxSuppression,
  [
    {
      name: 'from the highest score on, no two that cover each other, zeros behind them',
      attrs,
      inputs: [boxes, tensor([4], 0.5, 0.75, 0.125, 0.25)],
      shapes: [[4], [4], []],
      expected: [[1, 3, 2, 0], [0.75, 0.25, 0.125, 0], [3]],
      tolerance: 0,
    },
    {
      name: 'no more than asked for, none with a score that is too low',
      attrs: { ...attrs, count: 2, score: 0.5, scores: false },
      inputs: [boxes, tensor([4], 0.5, 0.25, 0.75, 1)],
      shapes: [[2], []],
      expected: [[3, 2], [2]],
      tolerance: 0,
    },
    {
      name: 'of equal scores the first box; boxes that cover each other as much as allowed stay',
      attrs: { ...attrs, overlap: 1, scores: false },
      inputs: [boxes, tensor([4], 1, 1, 0, 1)],
      expected: [[0, 1, 3, 0], [3]],
      tolerance: 0,
    },
  ],
  [{ name: 'a score too few', attrs, inputs: [[4, 4], [3]], message: /boxes of 4 numbers for 3 scores, got 4x4/ }],
);

test.run();
