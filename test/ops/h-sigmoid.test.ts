import { test } from 'uvu';
import { hSigmoid } from '../../src/ops/h-sigmoid.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(hSigmoid, [
  {
    name: 'a slope between two limits',
    attrs: {},
    inputs: [row(-1e30, -3, -1.5, 0, 1.5, 3, 1e30)],
    expected: [[0, 0, 0.25, 0.5, 0.75, 1, 1]],
    tolerance: 0,
  },
]);

test.run();
