import { test } from 'uvu';
import { split } from '../../src/ops/split.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(split, [
  {
    name: 'two copies',
    attrs: { count: 2 },
    inputs: [row(1, 2)],
    shapes: [
      [1, 2],
      [1, 2],
    ],
    expected: [
      [1, 2],
      [1, 2],
    ],
    tolerance: 0,
  },
]);

test.run();
