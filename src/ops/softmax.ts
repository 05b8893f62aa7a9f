import { exp } from '../math.js';
import type { Op } from './op.js';
import { splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';

export type SoftmaxAttrs = { readonly axis: number };

/** `exp(x - max) / sum` along one axis, added in ascending order in double. */
export const softmax: Op<SoftmaxAttrs> = {
  name: 'softmax',
  caffe: { types: ['Softmax'], attributes: (layer) => ({ axis: layer.param('softmax_param')['axis'] }) },
  tensorflow: { types: ['Softmax'], read: () => ({ attrs: { axis: -1 }, inputs: [0], params: [] }) },
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    splitAxis(shapes[0], attrs.axis);
    return shapes;
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const { outer, size, inner } = splitAxis(input.shape, attrs.axis);
    const powers = new Float64Array(size);
    for (let block = 0; block < outer * inner; block++) {
      const at = (i: number): number => (Math.floor(block / inner) * size + i) * inner + (block % inner);
      let largest = -Infinity;
      for (let i = 0; i < size; i++) largest = Math.max(largest, input.data[at(i)]);
      let sum = 0;
      for (let i = 0; i < size; i++) sum += powers[i] = exp(input.data[at(i)] - largest);
      for (let i = 0; i < size; i++) output.data[at(i)] = powers[i]! / sum;
    }
  }),
};
