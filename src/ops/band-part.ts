import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

/** How many diagonals stay below and above the main one; a negative number: all. */
export type BandPartAttrs = { readonly lower: number; readonly upper: number };

function read(node: TensorFlowNode): TensorFlowReading<BandPartAttrs> | undefined {
  const [lower, upper] = [1, 2].map((index) => constantList(node, index)?.[0]);
  if (lower === undefined || upper === undefined) return undefined;
  return { attrs: { lower, upper }, inputs: [0], params: [] };
}

/** Matrices of the last two axes with zeros outside a band around their diagonals, as a causal mask has them. */
export const bandPart: Op<BandPartAttrs> = {
  name: 'band-part',
  tensorflow: { types: ['MatrixBandPart', 'BatchMatrixBandPart'], read },
  shape(_attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    if (input.length < 2) fail('model', '', `expected a value of at least 2 axes, got ${input.length}.`);
    return [input];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs: { lower, upper } }, { shape, data }, output) => {
    const [rows = 1, columns = 1] = shape.slice(-2);
    for (let at = 0; at < data.length; at++) {
      const right = (at % columns) - (Math.floor(at / columns) % rows);
      const isInside = (lower < 0 || -right <= lower) && (upper < 0 || right <= upper);
      output.data[at] = isInside ? data[at] : 0;
    }
  }),
};
