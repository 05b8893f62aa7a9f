import { test } from 'uvu';
import { constant } from '../../src/ops/constant.js';
import { runCases } from './run-cases.js';

runCases(constant, [
  {
    name: 'its value',
    attrs: { shape: [2] },
    inputs: [],
    params: [[3, 4]],
    shapes: [[2]],
    expected: [[3, 4]],
    tolerance: 0,
  },
]);

test.run();
