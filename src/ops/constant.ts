import type { Shape } from '../tensor.js';
import type { Op } from './op.js';
import { first } from './support/operands.js';

export type ConstantAttrs = { readonly shape: Shape };

/** A value that is the same for every image: an operand that no op takes as a param. */
export const constant: Op<ConstantAttrs> = {
  name: 'constant',
  params: ({ shape }) => [{ role: 'value', shape, seed: 1 }],
  shape: ({ shape }) => [shape],
  rule: () => ({ kind: 'host' }),
  reference: ({ params }, _inputs, outputs) => first(outputs).data.set(first(params).data),
};
