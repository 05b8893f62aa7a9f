import { channelAxis } from '../tensor.js';
import type { Op } from './op.js';
import { keepShape, mapElements } from './support/elementwise.js';
import { first, oneToOne } from './support/operands.js';
import { unaryFunction } from './support/scalar-functions.js';
import { entryOf } from './support/tensorflow.js';
import { unaryTypes } from './support/tensorflow-elementwise.js';

/** The name of a `unaryFunction`. */
export type UnaryAttrs = { readonly operation: string };

/** A function of each element, in double, rounded once; Cast to an integer type truncates; Cast to bool gives 1 for a value other than 0. */
export const unary: Op<UnaryAttrs> = {
  name: 'unary',
  tensorflow: {
    types: [...Object.keys(unaryTypes), 'Cast'],
    read(node) {
      const operation =
        node.type !== 'Cast' ? entryOf(node, unaryTypes) : node.attr('DstT') === 'DT_BOOL' ? 'nonzero' : 'truncate';
      return { attrs: { operation }, inputs: [0], params: [] };
    },
  },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, input, output) => mapElements(input, output, unaryFunction(attrs.operation))),
  toAffine({ attrs }, { inputs, layout }) {
    if (attrs.operation !== 'neg') return undefined;
    const input = first(inputs);
    const count = input[channelAxis(input.length, layout)] ?? 1;
    return { scale: new Float64Array(count).fill(-1), shift: new Float64Array(count), alone: true };
  },
};
