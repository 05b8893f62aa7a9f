import { test } from 'uvu';
import { stridedSlice } from '../../src/ops/strided-slice.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  stridedSlice,
  [
    {
      name: 'a box',
      attrs: { begin: [0, 1], step: [1, 1], size: [2, 2], shape: [2, 2] },
      inputs: [counting([2, 4])],
      expected: [[1, 2, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'backwards by two, an axis dropped',
      attrs: { begin: [1, 3], step: [1, -2], size: [1, 2], shape: [2] },
      inputs: [counting([2, 4])],
      shapes: [[2]],
      expected: [[7, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'outside',
      attrs: { begin: [0, 3], step: [1, 1], size: [1, 2], shape: [1, 2] },
      inputs: [[2, 4]],
      message: /within the 4 elements of axis 1, got 3 to 4/,
    },
  ],
);

test.run();
