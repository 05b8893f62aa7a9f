import { test } from 'uvu';
import { hSwish } from '../../src/ops/h-swish.js';
import { runCases } from './run-cases.js';
import { row } from './values.js';

runCases(hSwish, [
  {
    name: 'nothing below -3, everything above 3, a parabola between',
    attrs: {},
    inputs: [row(-100, -3, -1.5, 0, 1.5, 3, 3e38)],
    expected: [[-0, -0, -0.375, 0, 1.125, 3, Math.fround(3e38)]],
    tolerance: 0,
  },
]);

test.run();
