import { exp } from '../math.js';
import { hostMap } from './support/elementwise.js';

export type EluAttrs = { readonly alpha: number };

/** `x` where positive, else `alpha * (exp(x) - 1)`. */
export const elu = hostMap<EluAttrs>(
  'elu',
  ['ELU'],
  (layer) => ({ alpha: layer.param('elu_param')['alpha'] }),
  ({ alpha }) =>
    (x) =>
      x > 0 ? x : alpha * (exp(x) - 1),
  { type: 'Elu', attrs: { alpha: 1 } },
);
