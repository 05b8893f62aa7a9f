import { test } from 'uvu';
import { bnll } from '../../src/ops/bnll.js';
import { runCases } from './run-cases.js';
import { mapped, row, single } from './values.js';

runCases(bnll, [
  {
    name: 'everywhere',
    attrs: {},
    inputs: [row(-200, -1, 0, 1, 200)],
    expected: mapped((x) => (x > 0 ? x : 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    tolerance: 1e-7,
  },
  single('far below zero', {}, -30, Math.log1p(Math.exp(-30))),
  single('further below zero', {}, -87, Math.log1p(Math.exp(-87))),
  single('far above zero', {}, 30, 30 + Math.log1p(Math.exp(-30))),
]);

test.run();
