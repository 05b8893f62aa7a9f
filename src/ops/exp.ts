import { exp as exponential, log } from '../math.js';
import type { CaffeLayer } from './op.js';
import { hostMap } from './support/elementwise.js';

/** `base` -1 is e. */
export type ExponentialAttrs = { readonly base: number; readonly scale: number; readonly shift: number };

/** Base, scale and shift of a Caffe Exp or Log; a base is -1 or positive. */
export function caffeExponential(layer: CaffeLayer, field: string): ExponentialAttrs {
  const { base, scale, shift } = layer.param(field) as ExponentialAttrs;
  if (base !== -1 && !(base > 0)) layer.fail(`expected a base of -1 (e) or above 0, got ${base}.`);
  return { base, scale, shift };
}

/** `base ^ (scale * x + shift)`. */
export const exp = hostMap<ExponentialAttrs>(
  'exp',
  ['Exp'],
  (layer) => caffeExponential(layer, 'exp_param'),
  ({ base, scale, shift }) => {
    const rate = base === -1 ? 1 : log(base);
    return (x) => exponential(rate * (scale * x + shift));
  },
  { type: 'Exp', attrs: { base: -1, scale: 1, shift: 0 } },
);
