import { exp } from '../math.js';
import { hostMap } from './support/elementwise.js';

export type SwishAttrs = { readonly beta: number };

/** `x / (1 + exp(-beta * x))`. */
export const swish = hostMap<SwishAttrs>(
  'swish',
  ['Swish'],
  (layer) => ({ beta: layer.param('swish_param')['beta'] }),
  ({ beta }) =>
    (x) =>
      x / (1 + exp(-beta * x)),
);
