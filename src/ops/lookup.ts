import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, resolveAxis, sameShape, splitAxis } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** The axis of the first input that the indices count along; the first `batches` axes of both inputs are batches. */
export type LookupAttrs = { readonly axis: number; readonly batches: number };

function read(node: TensorFlowNode): TensorFlowReading<LookupAttrs> | undefined {
  const axis = node.type === 'GatherV2' ? constantList(node, 2)?.[0] : 0;
  if (axis === undefined) return undefined;
  const given = (node.attr('batch_dims') as number | undefined) ?? 0;
  const batches = given < 0 ? given + node.inputShape(1).length : given;
  return { attrs: { axis: resolveAxis(axis, node.inputShape(0).length), batches }, inputs: [0, 1], params: [] };
}

/** Slices of the first input at the indices that the second one holds, as an embedding does. Indices outside give 0. */
export const lookup: Op<LookupAttrs> = {
  name: 'lookup',
  tensorflow: { types: ['Gather', 'GatherV2', 'ResourceGather'], read },
  shape({ axis, batches }, inputs) {
    expectInputs(inputs, 2);
    const [table = [], indices = []] = inputs;
    if (elements(table) === 0) fail('model', '', 'expected a table with elements, got an empty one.');
    if (!(batches >= 0 && batches <= axis && sameShape(table.slice(0, batches), indices.slice(0, batches))))
      fail('model', '', `expected ${batches} axes in common before axis ${axis}, got others.`);
    return [[...table.slice(0, axis), ...indices.slice(batches), ...table.slice(axis + 1)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs }, [table, indices], [output]) {
    const { outer, size, inner } = splitAxis(table!.shape, attrs.axis);
    const blocks = outer / elements(table!.shape.slice(0, attrs.batches));
    const count = elements(indices!.shape.slice(attrs.batches));
    let at = 0;
    for (let block = 0; block < outer; block++) {
      const first = Math.floor(block / blocks) * count;
      for (const index of (indices!.data as Float32Array).subarray(first, first + count)) {
        const from = (block * size + index) * inner;
        const isInside = Number.isInteger(index) && index >= 0 && index < size;
        for (let i = 0; i < inner; i++) output!.data[at++] = isInside ? table!.data[from + i] : 0;
      }
    }
  },
};
