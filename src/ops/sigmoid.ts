import { exp } from '../math.js';
import { hostMap } from './support/elementwise.js';

/** Logistic function `1 / (1 + exp(-x))`. */
export const sigmoid = hostMap<{}>(
  'sigmoid',
  ['Sigmoid'],
  () => ({}),
  () => (x) => 1 / (1 + exp(-x)),
  { type: 'Sigmoid', attrs: {} },
);
