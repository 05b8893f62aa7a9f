import { log as logarithm } from '../math.js';
import { caffeExponential, type ExponentialAttrs } from './exp.js';
import { hostMap } from './support/elementwise.js';

/** `log(scale * x + shift)` to the base, -1 being e. */
export const log = hostMap<ExponentialAttrs>(
  'log',
  ['Log'],
  (layer) => caffeExponential(layer, 'log_param'),
  ({ base, scale, shift }) => {
    const unit = base === -1 ? 1 : logarithm(base);
    return (x) => logarithm(scale * x + shift) / unit;
  },
  { type: 'Log', attrs: { base: -1, scale: 1, shift: 0 } },
);
