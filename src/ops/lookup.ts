import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, resolveAxis, splitAxis } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** The axis of the first input that the indices count along. */
export type LookupAttrs = { readonly axis: number };

function read(node: TensorFlowNode): TensorFlowReading<LookupAttrs> | undefined {
  const axis = node.type === 'GatherV2' ? constantList(node, 2)?.[0] : 0;
  if (axis === undefined || ((node.attr('batch_dims') as number | undefined) ?? 0) !== 0) return undefined;
  return { attrs: { axis: resolveAxis(axis, node.inputShape(0).length) }, inputs: [0, 1], params: [] };
}

/** Slices of the first input at the indices that the second one holds, as an embedding does. Indices outside give 0. */
export const lookup: Op<LookupAttrs> = {
  name: 'lookup',
  tensorflow: { types: ['Gather', 'GatherV2', 'ResourceGather'], read },
  shape({ axis }, inputs) {
    expectInputs(inputs, 2);
    const [table, indices] = inputs;
    if (elements(table!) === 0) fail('model', '', 'expected a table with elements, got an empty one.');
    return [[...table!.slice(0, axis), ...indices!, ...table!.slice(axis + 1)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [table, indices], [output]) {
    const { outer, size, inner } = splitAxis(table!.shape, attrs.axis);
    let at = 0;
    for (let block = 0; block < outer; block++) {
      for (const index of indices!.data as Float32Array) {
        const from = (block * size + index) * inner;
        const isInside = Number.isInteger(index) && index >= 0 && index < size;
        for (let i = 0; i < inner; i++) output!.data[at++] = isInside ? table!.data[from + i] : 0;
      }
    }
  },
};
