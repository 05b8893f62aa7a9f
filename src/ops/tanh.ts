import { tanh as hyperbolicTangent } from '../math.js';
import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** Hyperbolic tangent. */
export const tanh = hostMap<NoAttributes>(
  'tanh',
  ['TanH'],
  () => ({}),
  () => hyperbolicTangent,
  { type: 'Tanh', attrs: {} },
);
