import { test } from 'uvu';
import { slice } from '../../src/ops/slice.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  slice,
  [
    {
      name: 'equal parts',
      attrs: { axis: 1, count: 2, points: [] },
      inputs: [counting([1, 4, 1, 2])],
      shapes: [
        [1, 2, 1, 2],
        [1, 2, 1, 2],
      ],
      expected: [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
      ],
      tolerance: 0,
    },
    {
      name: 'at points',
      attrs: { axis: 1, count: 3, points: [1, 3] },
      inputs: [counting([1, 4])],
      shapes: [
        [1, 1],
        [1, 2],
        [1, 1],
      ],
      expected: [[0], [1, 2], [3]],
      tolerance: 0,
    },
    {
      name: 'rows',
      attrs: { axis: 2, count: 2, points: [1] },
      inputs: [counting([1, 2, 2, 2])],
      expected: [
        [0, 1, 4, 5],
        [2, 3, 6, 7],
      ],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'parts that are not equal',
      attrs: { axis: 1, count: 3, points: [] },
      inputs: [[1, 4]],
      message: /3 equal parts of axis 1, got its size 4/,
    },
    {
      name: 'too few points',
      attrs: { axis: 1, count: 3, points: [1] },
      inputs: [[1, 4]],
      message: /2 slice points for 3 outputs, got 1/,
    },
    {
      name: 'points beyond the end',
      attrs: { axis: 1, count: 2, points: [4] },
      inputs: [[1, 4]],
      message: /ascending slice points within 4, got 4/,
    },
  ],
);

test.run();
