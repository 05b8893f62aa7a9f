import { test } from 'uvu';
import { threshold } from '../../src/ops/threshold.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(threshold, [
  {
    name: 'equal is not above',
    attrs: { threshold: 0.5 },
    inputs: [row(-1, 0.5, 0.75)],
    expected: [[0, 0, 1]],
    tolerance: 0,
  },
]);

test.run();
