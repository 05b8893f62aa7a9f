import { pow } from '../math.js';
import { hostMap } from './support/elementwise.js';

export type PowerAttrs = { readonly power: number; readonly scale: number; readonly shift: number };

/** `(shift + scale * x) ^ power`; 1 for power 0. */
export const power = hostMap<PowerAttrs>(
  'power',
  ['Power'],
  (layer) => {
    const message = layer.param('power_param');
    return { power: message['power'], scale: message['scale'], shift: message['shift'] };
  },
  ({ power: exponent, scale, shift }) =>
    (x) =>
      pow(shift + scale * x, exponent),
);
