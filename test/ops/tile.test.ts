import { test } from 'uvu';
import { tile } from '../../src/ops/tile.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(
  tile,
  [
    {
      name: 'both axes',
      attrs: { multiples: [2, 2] },
      inputs: [row(1, 2)],
      shapes: [[2, 4]],
      expected: [[1, 2, 1, 2, 1, 2, 1, 2]],
      tolerance: 0,
    },
  ],
  [{ name: 'another rank', attrs: { multiples: [2] }, inputs: [[1, 2]], message: /multiples for 2 axes, got 1/ }],
);

test.run();
