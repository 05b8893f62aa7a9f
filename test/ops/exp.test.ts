import { test } from 'uvu';
import { exp } from '../../src/ops/exp.js';
import { runCases } from './run-cases.js';
import { single } from './values.js';

runCases(exp, [
  single('e', { base: -1, scale: 1, shift: 0 }, 3, Math.exp(3)),
  single('e, scaled and shifted', { base: -1, scale: 0.5, shift: -1 }, 3, Math.exp(0.5)),
  single('base 2', { base: 2, scale: 1, shift: 0 }, 10, 1024),
  single('base 10, shifted', { base: 10, scale: 2, shift: 1 }, -1, 0.1),
]);

test.run();
