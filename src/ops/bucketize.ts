import type { Op } from './op.js';
import { keepShape, mapElements } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';

/** The limits between buckets, ascending. */
export type BucketizeAttrs = { readonly boundaries: readonly number[] };

/** How many boundaries are at most the element. */
export const bucketize: Op<BucketizeAttrs> = {
  name: 'bucketize',
  tensorflow: {
    types: ['Bucketize'],
    read: (node) => ({
      attrs: { boundaries: ((node.attr('boundaries') ?? []) as readonly number[]).map(Math.fround) },
      inputs: [0],
      params: [],
    }),
  },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs: { boundaries } }, input, output) =>
    mapElements(input, output, (value) => boundaries.reduce((count, limit) => count + (value >= limit ? 1 : 0), 0)),
  ),
};
