import { fail } from '../error.js';
import { elements, formatShape } from '../tensor.js';
import type { NoAttributes, Op } from './op.js';
import { expectInputs, expectSameShapes } from './support/axes.js';
import { atLeast, first } from './support/operands.js';

/**
 * `a * x + y` with one factor for each channel of each image (SENet's ports): inputs a of N x C (x 1 x 1), x and y of
 * N x C x H x W. A host layer, in double.
 */
export const axpy: Op<NoAttributes> = {
  name: 'axpy',
  caffe: { types: ['Axpy'], attributes: () => ({}) },
  shape(_attrs, inputs) {
    const [factors, x, y] = expectInputs(inputs, 3);
    expectSameShapes([x, y]);
    if (x.length < 2 || elements(factors) !== elements(x.slice(0, 2)))
      fail('model', '', `expected a factor for each channel of ${formatShape(x)}, got ${formatShape(factors)}.`);
    return [x];
  },
  rule: () => ({ kind: 'host' }),
  reference(_node, inputs, outputs) {
    const [factors, x, y] = atLeast(inputs, 3);
    const { data } = first(outputs);
    const inner = elements(x.shape.slice(2));
    for (let index = 0; index < data.length; index++)
      data[index] = factors.data[Math.floor(index / inner)] * x.data[index] + y.data[index];
  },
};
