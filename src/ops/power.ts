import { pow } from '../math.js';
import { hostMap } from './elementwise.js';

export type PowerAttrs = { readonly power: number; readonly scale: number; readonly shift: number };

/** `(shift + scale * x) ^ power`; 1 for power 0. */
export const power = hostMap<PowerAttrs>(
  'power', ['Power'],
  (layer) => {
    const message = layer.param('power_param');
    return { power: message['power'], scale: message['scale'], shift: message['shift'] };
  },
  (attrs) => (x) => raise(attrs.shift + attrs.scale * x, attrs.power),
);

/** The commonest powers without a rounding of their own. */
function raise(base: number, exponent: number): number {
  if (exponent === 1) return base;
  if (exponent === 2) return base * base;
  if (exponent === 0.5) return Math.sqrt(base);
  return exponent === -0.5 ? 1 / Math.sqrt(base) : pow(base, exponent);
}
