import type { NoAttributes, Op } from './op.js';
import { copyElements, keepShape } from './support/elementwise.js';

/** Nothing outside training: the input unchanged. */
export const dropout: Op<NoAttributes> = {
  name: 'dropout',
  caffe: { types: ['Dropout'], attributes: () => ({}) },
  shape: keepShape,
  rule: () => ({ kind: 'shape' }),
  reference: copyElements,
  identity: () => true,
};
