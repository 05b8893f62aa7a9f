import { test } from 'uvu';
import { bandPart } from '../../src/ops/band-part.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  bandPart,
  [
    {
      name: 'the lower triangle of each matrix',
      attrs: { lower: -1, upper: 0 },
      inputs: [counting([2, 2, 3])],
      shapes: [[2, 2, 3]],
      expected: [[0, 0, 0, 3, 4, 0, 6, 0, 0, 9, 10, 0]],
      tolerance: 0,
    },
    {
      name: 'one diagonal below the main one and all above it',
      attrs: { lower: 1, upper: -1 },
      inputs: [counting([3, 2])],
      expected: [[0, 1, 2, 3, 0, 5]],
      tolerance: 0,
    },
  ],
  [{ name: 'a vector', attrs: { lower: 0, upper: 0 }, inputs: [[3]], message: /at least 2 axes, got 1/ }],
);

test.run();
