import { exp, log1p, tanh } from '../math.js';
import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** `x * tanh(log(1 + exp(x)))`. The logarithm is computed from exp(-|x|), so that it neither overflows nor cancels. */
export const mish = hostMap<NoAttributes>(
  'mish',
  ['Mish'],
  () => ({}),
  () => (x) => x * tanh(Math.max(x, 0) + log1p(exp(-Math.abs(x)))),
);
