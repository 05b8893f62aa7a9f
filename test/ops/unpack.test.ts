import { test } from 'uvu';
import { unpack } from '../../src/ops/unpack.js';
import { runCases } from './run-cases.js';
import { counting } from './values.js';

runCases(
  unpack,
  [
    {
      name: 'the last axis',
      attrs: { axis: -1 },
      inputs: [counting([2, 2])],
      shapes: [[2], [2]],
      expected: [
        [0, 2],
        [1, 3],
      ],
      tolerance: 0,
    },
  ],
  [{ name: 'an axis out of range', attrs: { axis: 2 }, inputs: [[2, 2]], message: /axis from -2 to 1, got 2/ }],
);

test.run();
