import { test } from 'uvu';
import { concat } from '../../src/ops/concat.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  concat,
  [
    {
      name: 'channels',
      attrs: { axis: 1 },
      inputs: [counting([1, 1, 1, 2]), counting([1, 2, 1, 2], 10)],
      shapes: [[1, 3, 1, 2]],
      expected: [[0, 1, 10, 11, 12, 13]],
      tolerance: 0,
    },
    {
      name: 'the last axis, counted from the end',
      attrs: { axis: -1 },
      inputs: [counting([1, 2, 1, 2]), counting([1, 2, 1, 1], 10)],
      shapes: [[1, 2, 1, 3]],
      expected: [[0, 1, 10, 2, 3, 11]],
      tolerance: 0,
    },
    {
      name: 'the batch axis',
      attrs: { axis: 0 },
      inputs: [counting([1, 2]), counting([1, 2], 5)],
      shapes: [[2, 2]],
      expected: [[0, 1, 5, 6]],
      tolerance: 0,
    },
    {
      name: 'one input',
      attrs: { axis: 1 },
      inputs: [counting([1, 2])],
      shapes: [[1, 2]],
      expected: [[0, 1]],
      tolerance: 0,
    },
    {
      name: 'three images',
      attrs: { axis: 1 },
      inputs: [
        [1, 3, 2, 2],
        [1, 1, 2, 2],
        [1, 5, 2, 2],
      ],
      shapes: [[1, 9, 2, 2]],
    },
  ],
  [
    {
      name: 'other sizes that differ',
      attrs: { axis: 1 },
      inputs: [
        [1, 2, 3, 3],
        [1, 2, 3, 4],
      ],
      message: /differ along axis 1 only, got 1x2x3x3 and 1x2x3x4/,
    },
    {
      name: 'other ranks',
      attrs: { axis: 1 },
      inputs: [
        [1, 2, 3, 3],
        [1, 2],
      ],
      message: /differ along axis 1 only/,
    },
    { name: 'an axis out of range', attrs: { axis: 4 }, inputs: [[1, 2, 3, 3]], message: /axis from -4 to 3, got 4/ },
  ],
);

test.run();
