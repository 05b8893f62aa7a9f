import { test } from 'uvu';
import { mish } from '../../src/ops/mish.js';
import { runCases } from './run-cases.js';
import { mapped, row, single, wide } from './values.js';

runCases(mish, [
  {
    name: 'everywhere',
    attrs: {},
    inputs: [wide],
    expected: mapped((x) => x * Math.tanh(Math.log1p(Math.exp(x)))),
    tolerance: 1e-7,
  },
  {
    name: 'far from zero',
    attrs: {},
    inputs: [row(-200, 0, 200, 3e38)],
    expected: [[-0, 0, 200, 3e38]],
    tolerance: 1e-7,
  },
  single('far below zero', {}, -30, -30 * Math.exp(-30)),
]);

test.run();
