import { exp } from '../math.js';
import { hostMap } from './support/elementwise.js';

export type EluAttrs = { readonly alpha: number; readonly factor?: number };

/** `factor` (1 if absent) times: `x` where positive, else `alpha * (exp(x) - 1)`. */
export const elu = hostMap<EluAttrs>(
  'elu',
  ['ELU'],
  (layer) => {
    const { alpha, lambda } = layer.param('elu_param') as { alpha: number; lambda: number };
    return lambda === 1 ? { alpha } : { alpha, factor: lambda };
  },
  ({ alpha, factor = 1 }) =>
    (x) =>
      factor * (x > 0 ? x : alpha * (exp(x) - 1)),
  { type: 'Elu', attrs: { alpha: 1 } },
);
