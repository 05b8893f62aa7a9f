import { exp, log1p } from '../math.js';
import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** Softplus, `log(1 + exp(x))`, which Caffe calls BNLL. Computed from exp(-|x|), so that it neither overflows nor cancels. */
export const bnll = hostMap<NoAttributes>(
  'bnll',
  ['BNLL'],
  () => ({}),
  () => (x) => Math.max(x, 0) + log1p(exp(-Math.abs(x))),
);
