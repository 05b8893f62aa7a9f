import type { Op } from './op.js';
import { expectInputs, resolveAxis, splitAxis } from './support/axes.js';

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
    expectInputs(inputs, 1);
    const [input] = inputs;
    const at = resolveAxis(axis, input!.length);
    return Array.from({ length: input![at]! }, () => input!.filter((_, index) => index !== at));
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs }, [input], outputs) {
    const { outer, size, inner } = splitAxis(input!.shape, attrs.axis);
    outputs.forEach((output, which) => {
      for (let row = 0; row < outer; row++)
        output.data.set(
          input!.data.subarray((row * size + which) * inner, (row * size + which + 1) * inner),
          row * inner,
        );
    });
  },
};
