import type { Op } from './op.js';
import { expectInputs } from './support/axes.js';
import { copyElements } from './support/elementwise.js';
import { first } from './support/operands.js';

export type SplitAttrs = { readonly count: number };

/** Copies of the input, one per output. */
export const split: Op<SplitAttrs> = {
  name: 'split',
  caffe: { types: ['Split'], attributes: (layer) => ({ count: layer.topCount }) },
  shape({ count }, inputs) {
    expectInputs(inputs, 1);
    return Array.from({ length: count }, () => first(inputs));
  },
  rule: () => ({ kind: 'shape' }),
  reference: copyElements,
  identity: () => true,
};
