import { test } from 'uvu';
import { crop } from '../../src/ops/crop.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  crop,
  [
    {
      name: 'rows and columns at one offset',
      attrs: { axis: 2, offsets: [1] },
      inputs: [counting([1, 2, 3, 3]), [1, 5, 2, 2]],
      shapes: [[1, 2, 2, 2]],
      expected: [[4, 5, 7, 8, 13, 14, 16, 17]],
      tolerance: 0,
    },
    {
      name: 'without offset',
      attrs: { axis: 2, offsets: [] },
      inputs: [counting([1, 1, 3, 3]), [1, 1, 2, 1]],
      shapes: [[1, 1, 2, 1]],
      expected: [[0, 3]],
      tolerance: 0,
    },
    {
      name: 'an offset each, channels too',
      attrs: { axis: 1, offsets: [1, 0, 2] },
      inputs: [counting([1, 2, 2, 3]), [1, 1, 2, 1]],
      expected: [[8, 11]],
      tolerance: 0,
    },
    {
      name: 'the last axis',
      attrs: { axis: -1, offsets: [1] },
      inputs: [counting([2, 3]), [7, 2]],
      shapes: [[2, 2]],
      expected: [[1, 2, 4, 5]],
      tolerance: 0,
    },
  ],
  [
    {
      name: 'a part that is not there',
      attrs: { axis: 2, offsets: [2] },
      inputs: [
        [1, 1, 3, 3],
        [1, 1, 2, 2],
      ],
      message: /at least 4 elements along axis 2, got 1x1x3x3/,
    },
    {
      name: 'another number of offsets',
      attrs: { axis: 1, offsets: [0, 0] },
      inputs: [
        [1, 1, 3, 3],
        [1, 1, 2, 2],
      ],
      message: /1 offset or one for each of 3 axes, got 2/,
    },
    { name: 'one input', attrs: { axis: 2, offsets: [] }, inputs: [[1, 1, 3, 3]], message: /2 inputs, got 1/ },
  ],
);

test.run();
