import { test } from 'uvu';
import { permute } from '../../src/ops/permute.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  permute,
  [
    {
      name: 'channels last',
      attrs: { order: [0, 2, 3, 1] },
      inputs: [counting([1, 2, 2, 3])],
      shapes: [[1, 2, 3, 2]],
      expected: [[0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]],
      tolerance: 0,
    },
    {
      name: 'axes left out follow',
      attrs: { order: [2] },
      inputs: [counting([1, 2, 3])],
      shapes: [[3, 1, 2]],
      expected: [[0, 3, 1, 4, 2, 5]],
      tolerance: 0,
    },
    {
      name: 'no order: as it was',
      attrs: { order: [] },
      inputs: [counting([2, 3])],
      expected: [[0, 1, 2, 3, 4, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'an axis twice',
      attrs: { order: [0, 0, 1] },
      inputs: [[1, 2, 3]],
      message: /order of axes 0 to 2, got 0, 0, 1/,
    },
    {
      name: 'an axis out of range',
      attrs: { order: [0, 3] },
      inputs: [[1, 2, 3]],
      message: /order of axes 0 to 2, got 0, 3/,
    },
  ],
);

test.run();
