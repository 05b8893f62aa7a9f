import { test } from 'uvu';
import { elu } from '../../src/ops/elu.js';
import { runCases } from './run-cases.js';
import { mapped, row, single } from './values.js';

runCases(elu, [
  {
    name: 'everywhere',
    attrs: { alpha: 1 },
    inputs: [row(-50, -1, -0.25, 0, 3)],
    expected: mapped((x) => (x > 0 ? x : Math.expm1(x))),
    tolerance: 1e-7,
  },
  single('alpha 2', { alpha: 2 }, -1, 2 * Math.expm1(-1)),
]);

test.run();
