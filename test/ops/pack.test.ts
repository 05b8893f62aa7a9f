import { test } from 'uvu';
import { pack } from '../../src/ops/pack.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(pack, [
  {
    name: 'along a new last axis',
    attrs: { axis: 2 },
    inputs: [row(1, 2), row(3, 4)],
    shapes: [[1, 2, 2]],
    expected: [[1, 3, 2, 4]],
    tolerance: 0,
  },
  {
    name: 'along a new first axis',
    attrs: { axis: 0 },
    inputs: [row(1, 2), row(3, 4)],
    shapes: [[2, 1, 2]],
    expected: [[1, 2, 3, 4]],
    tolerance: 0,
  },
]);

test.run();
