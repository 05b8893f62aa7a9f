import { exp } from '../math.js';
import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid = hostMap<NoAttributes>(
  'sigmoid',
  ['Sigmoid'],
  () => ({}),
  () => (x) => 1 / (1 + exp(-x)),
  { type: 'Sigmoid', attrs: {} },
);
