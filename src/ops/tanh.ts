import { tanh as hyperbolicTangent } from '../math.js';
import { hostMap } from './support/elementwise.js';

/** Hyperbolic tangent. */
export const tanh = hostMap<{}>(
  'tanh',
  ['TanH'],
  () => ({}),
  () => hyperbolicTangent,
  { type: 'Tanh', attrs: {} },
);
