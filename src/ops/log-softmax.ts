import { exp, log } from '../math.js';
import type { NoAttributes, Op } from './op.js';
import { keepShape } from './support/elementwise.js';

/** `x - max - log(sum of exp(x - max))` along the last axis, added in ascending order in double. */
export const logSoftmax: Op<NoAttributes> = {
  name: 'log-softmax',
  tensorflow: { types: ['LogSoftmax'], read: () => ({ attrs: {}, inputs: [0], params: [] }) },
  shape: keepShape,
  rule: () => ({ kind: 'host' }),
  reference(_node, [input], [output]) {
    const size = input!.shape.at(-1) ?? 1;
    for (let start = 0; start < input!.data.length; start += size) {
      const row = input!.data.subarray(start, start + size) as Float32Array;
      const largest = row.reduce((most, x) => Math.max(most, x), -Infinity);
      let sum = 0;
      for (let i = 0; i < size; i++) sum += exp(row[i]! - largest);
      for (let i = 0; i < size; i++) output!.data[start + i] = row[i]! - largest - log(sum);
    }
  },
};
