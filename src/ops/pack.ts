import { elements } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, expectSameShapes } from './support/axes.js';

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
        attrs: { axis: axis < 0 ? axis + rank : axis },
        inputs: Array.from({ length: node.inputCount }, (_, index) => index),
        params: [],
      };
    },
  },
  shape({ axis }, inputs) {
    expectInputs(inputs, 1, Infinity);
    expectSameShapes(inputs);
    return [[...inputs[0]!.slice(0, axis), inputs.length, ...inputs[0]!.slice(axis)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, inputs, [output]) {
    const inner = elements(output!.shape.slice(attrs.axis + 1));
    const outer = elements(output!.shape.slice(0, attrs.axis));
    inputs.forEach((input, which) => {
      for (let row = 0; row < outer; row++)
        output!.data.set(input.data.subarray(row * inner, (row + 1) * inner), (row * inputs.length + which) * inner);
    });
  },
};
