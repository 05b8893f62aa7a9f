import { fail } from '../error.js';
import { elements, formatShape } from '../tensor.js';
import type { NoAttributes, Op } from './op.js';
import { expectInputs, expectSameShapes } from './support/axes.js';

/**
 * `a * x + y` with one factor for each channel of each image (SENet's ports): inputs a of N x C (x 1 x 1), x and y of
 * N x C x H x W. A host layer, in double.
 */
export const axpy: Op<NoAttributes> = {
  name: 'axpy',
  caffe: { types: ['Axpy'], attributes: () => ({}) },
  shape(_attrs, inputs) {
    expectInputs(inputs, 3);
    const [factors, x, y] = inputs as [readonly number[], readonly number[], readonly number[]];
    expectSameShapes([x, y]);
    if (x.length < 2 || elements(factors) !== x[0]! * x[1]!)
      fail('model', '', `expected a factor for each channel of ${formatShape(x)}, got ${formatShape(factors)}.`);
    return [x];
  },
  rule: () => ({ kind: 'host' }),
  reference(_node, [factors, x, y], [output]) {
    const inner = elements(x!.shape.slice(2));
    x!.data.forEach(
      (value: number, index: number) =>
        (output!.data[index] = factors!.data[Math.floor(index / inner)]! * value + y!.data[index]!),
    );
  },
};
