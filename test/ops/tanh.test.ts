import { test } from 'uvu';
import { tanh } from '../../src/ops/tanh.js';
import { runCases } from './run-cases.js';
import { mapped, single, wide } from './values.js';

runCases(tanh, [
  { name: 'everywhere', attrs: {}, inputs: [wide], expected: mapped(Math.tanh), tolerance: 1e-7 },
  single('a small number', {}, 1e-20, 1e-20),
]);

test.run();
