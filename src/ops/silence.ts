import type { NoAttributes, Op } from './op.js';

/** Reads its inputs and writes nothing. */
export const silence: Op<NoAttributes> = {
  name: 'silence',
  caffe: { types: ['Silence'], attributes: () => ({}) },
  shape: () => [],
  rule: () => ({ kind: 'host' }),
  reference: () => {},
};
