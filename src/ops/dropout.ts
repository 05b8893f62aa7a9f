import type { NoAttributes, Op } from './op.js';
import { copyElements, keepShape } from './support/elementwise.js';

/** The input unchanged: Caffe drops elements in training only. */
export const dropout: Op<NoAttributes> = {
  name: 'dropout',
  caffe: { types: ['Dropout'], attributes: () => ({}) },
  shape: keepShape,
  rule: () => ({ kind: 'shape' }),
  reference: copyElements,
  identity: () => true,
};
