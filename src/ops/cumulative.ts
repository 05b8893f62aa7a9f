import type { Op } from './op.js';
import { resolveAxis, splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { constantList } from './support/tensorflow.js';

export type CumulativeAttrs = {
  readonly operation: 'sum' | 'product';
  readonly axis: number;
  /** Each result leaves its own element out. */
  readonly exclusive: boolean;
  /** From the end of the axis to its beginning. */
  readonly reverse: boolean;
};

/** Sums or products of all elements up to each one along an axis; in double, rounded once. */
export const cumulative: Op<CumulativeAttrs> = {
  name: 'cumulative',
  tensorflow: {
    types: ['Cumsum', 'Cumprod'],
    read(node) {
      const axis = constantList(node, 1)?.[0];
      if (axis === undefined) return undefined;
      const attrs = {
        operation: node.type === 'Cumsum' ? 'sum' : 'product',
        axis: resolveAxis(axis, node.inputShape(0).length),
        exclusive: node.attr('exclusive') === true,
        reverse: node.attr('reverse') === true,
      } as const;
      return { attrs, inputs: [0], params: [] };
    },
  },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { operation, axis, exclusive, reverse } }, [input], [output]) {
    const { outer, size, inner } = splitAxis(input!.shape, axis);
    const join = operation === 'sum' ? (a: number, b: number) => a + b : (a: number, b: number) => a * b;
    for (let row = 0; row < outer * inner; row++) {
      let value = operation === 'sum' ? 0 : 1;
      for (let step = 0; step < size; step++) {
        const index = reverse ? size - 1 - step : step;
        const at = (Math.floor(row / inner) * size + index) * inner + (row % inner);
        const next = join(value, input!.data[at]);
        output!.data[at] = exclusive ? value : next;
        value = next;
      }
    }
  },
};
