import type { Op } from './op.js';
import { expectInputs, expectSameShapes, resolveAxis, splitAxis } from './support/axes.js';
import { first } from './support/operands.js';

/** The axis of the result that counts the inputs. */
export type PackAttrs = { readonly axis: number };

/** Inputs of one shape stacked along a new axis. */
export const pack: Op<PackAttrs> = {
  name: 'pack',
  tensorflow: {
    types: ['Pack', 'Stack'],
    read(node) {
      const axis = (node.attr('axis') as number | undefined) ?? 0;
      const rank = node.inputShape(0).length + 1;
      return {
        attrs: { axis: resolveAxis(axis, rank) },
        inputs: Array.from({ length: node.inputCount }, (_, index) => index),
        params: [],
      };
    },
  },
  shape({ axis }, inputs) {
    const shapes = expectInputs(inputs, 1, Infinity);
    expectSameShapes(shapes);
    const [shape] = shapes;
    return [[...shape.slice(0, axis), inputs.length, ...shape.slice(axis)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, inputs, outputs) {
    const { shape, data } = first(outputs);
    const { outer, size, inner } = splitAxis(shape, attrs.axis);
    for (const [which, input] of inputs.entries()) {
      for (let row = 0; row < outer; row++)
        data.set(input.data.subarray(row * inner, (row + 1) * inner), (row * size + which) * inner);
    }
  },
};
