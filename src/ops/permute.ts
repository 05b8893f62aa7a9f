import { fail } from '../error.js';
import { elements, strides } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, sizeAlong } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

/** For each output axis the input axis it takes; axes that are left out follow in their order. */
export type PermuteAttrs = { readonly order: readonly number[] };

function fullOrder({ order }: PermuteAttrs, rank: number): number[] {
  const rest = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !order.includes(axis));
  const result = [...order, ...rest];
  const valid = result.length === rank && new Set(result).size === rank;
  return valid ? result : fail('model', '', `expected an order of axes 0 to ${rank - 1}, got ${order.join(', ')}.`);
}

/** Axes in another order. */
export const permute: Op<PermuteAttrs> = {
  name: 'permute',
  caffe: { types: ['Permute'], attributes: (layer) => ({ order: [...layer.param('permute_param')['order']] }) },
  tensorflow: {
    types: ['Transpose'],
    read(node) {
      const order = constantList(node, 1);
      return order === undefined ? undefined : { attrs: { order }, inputs: [0], params: [] };
    },
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    return [fullOrder(attrs, input.length).map((axis) => sizeAlong(input, axis))];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const steps = strides(input.shape);
    const order = fullOrder(attrs, steps.length);
    const position = order.map(() => 0);
    let from = 0;
    for (let to = 0; to < elements(output.shape); to++) {
      output.data[to] = input.data[from];
      for (let axis = order.length - 1; axis >= 0; axis--) {
        from += steps[order[axis]!]!;
        if (++position[axis]! < output.shape[axis]!) break;
        from -= position[axis]! * steps[order[axis]!]!;
        position[axis] = 0;
      }
    }
  }),
};
