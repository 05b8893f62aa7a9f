import type { Op } from './op.js';
import { expectInputs, expectOutputs, resolveAxis, sizeAlong, splitAxis } from './support/axes.js';
import { first } from './support/operands.js';

/** The axis that is taken apart. */
export type UnpackAttrs = { readonly axis: number };

/** One output for each index along an axis, without that axis. Moves elements only. */
export const unpack: Op<UnpackAttrs> = {
  name: 'unpack',
  tensorflow: {
    types: ['Unpack', 'Unstack'],
    read: (node) => ({ attrs: { axis: (node.attr('axis') as number | undefined) ?? 0 }, inputs: [0], params: [] }),
  },
  shape({ axis }, inputs) {
    const [input] = expectInputs(inputs, 1);
    const at = resolveAxis(axis, input.length);
    expectOutputs(sizeAlong(input, at));
    return Array.from({ length: sizeAlong(input, at) }, () => input.filter((_, index) => index !== at));
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs }, inputs, outputs) {
    const { shape, data } = first(inputs);
    const { outer, size, inner } = splitAxis(shape, attrs.axis);
    for (const [which, output] of outputs.entries()) {
      for (let row = 0; row < outer; row++) {
        const from = (row * size + which) * inner;
        output.data.set(data.subarray(from, from + inner), row * inner);
      }
    }
  },
};
