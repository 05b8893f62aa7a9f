import { test } from 'uvu';
import { swish } from '../../src/ops/swish.js';
import { runCases } from './run-cases.js';
import { mapped, wide } from './values.js';

runCases(swish, [
  {
    name: 'everywhere',
    attrs: { beta: 1.5 },
    inputs: [wide],
    expected: mapped((x) => x / (1 + Math.exp(-1.5 * x))),
    tolerance: 1e-7,
  },
]);

test.run();
