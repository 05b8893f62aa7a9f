import { fail } from '../error.js';
import { elements, strides } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, sameShape } from './support/axes.js';

/** The first `batches` axes of both inputs are batches. */
export type LookupNdAttrs = { readonly batches: number };

/**
 * Slices of the first input at the positions that the second one holds along its last axis, each a number for each of the
 * leading axes behind the batches. Positions outside give 0.
 */
export const lookupNd: Op<LookupNdAttrs> = {
  name: 'lookup-nd',
  tensorflow: {
    types: ['GatherNd'],
    read: (node) => ({ attrs: { batches: Number(node.attr('batch_dims') ?? 0) }, inputs: [0, 1], params: [] }),
  },
  shape({ batches }, inputs) {
    expectInputs(inputs, 2);
    const [table = [], positions = []] = inputs;
    const depth = positions.at(-1) ?? 0;
    const fits = batches >= 0 && batches < positions.length && batches + depth <= table.length;
    if (!fits || !sameShape(table.slice(0, batches), positions.slice(0, batches)))
      fail('model', '', `expected positions along axes of ${table.join('x')}, got ${positions.join('x')}.`);
    if (elements(table) === 0) fail('model', '', 'expected a table with elements, got an empty one.');
    return [[...positions.slice(0, -1), ...table.slice(batches + depth)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { batches } }, [table, positions], [output]) {
    const depth = positions!.shape.at(-1) ?? 0;
    const leading = table!.shape.slice(batches, batches + depth);
    const steps = strides(leading);
    const inner = elements(table!.shape.slice(batches + depth));
    const rows = elements(positions!.shape.slice(0, -1));
    const perBatch = rows / elements(table!.shape.slice(0, batches));
    for (let row = 0; row < rows; row++) {
      const position = leading.map((_, axis) => positions!.data[row * depth + axis]!);
      const isInside = position.every((at, axis) => Number.isInteger(at) && at >= 0 && at < leading[axis]!);
      const first = Math.floor(row / perBatch) * elements(leading);
      const from = (first + position.reduce((sum, at, axis) => sum + at * steps[axis]!, 0)) * inner;
      for (let i = 0; i < inner; i++) output!.data[row * inner + i] = isInside ? table!.data[from + i]! : 0;
    }
  },
};
