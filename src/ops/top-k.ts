import { fail } from '../error.js';
import type { Op } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** How many elements of the last axis are taken. */
export type TopKAttrs = { readonly count: number };

/** The largest elements along the last axis, largest first, and their indices as float32; of equal ones the first. */
export const topK: Op<TopKAttrs> = {
  name: 'top-k',
  tensorflow: {
    types: ['TopK', 'TopKV2'],
    read(node) {
      const count = node.type === 'TopK' ? (node.attr('k') as number) : constantList(node, 1)?.[0];
      return count === undefined ? undefined : { attrs: { count }, inputs: [0], params: [] };
    },
  },
  shape({ count }, inputs) {
    expectInputs(inputs, 1);
    const size = inputs[0]!.at(-1) ?? 0;
    if (!(count >= 1 && count <= size)) fail('model', '', `expected k from 1 to ${size}, got ${count}.`);
    const shape = [...inputs[0]!.slice(0, -1), count];
    return [shape, shape];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { count } }, [input], [values, indices]) {
    const size = input!.shape.at(-1)!;
    for (let row = 0; row * size < input!.data.length; row++) {
      const data = input!.data.subarray(row * size, (row + 1) * size) as Float32Array;
      const order = Array.from(data.keys()).sort((a, b) => data[b]! - data[a]! || a - b);
      for (let rank = 0; rank < count; rank++) {
        values!.data[row * count + rank] = data[order[rank]!];
        indices!.data[row * count + rank] = order[rank];
      }
    }
  },
};
