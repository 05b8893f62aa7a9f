import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger, resolveAxis } from './support/axes.js';
import { constantList, constantNumbers } from './support/tensorflow.js';

/** A new axis of `depth` elements: `on` at the index, `off` elsewhere. */
export type OneHotAttrs = {
  readonly depth: number;
  readonly on: number;
  readonly off: number;
  readonly axis: number;
};

function read(node: TensorFlowNode): TensorFlowReading<OneHotAttrs> | undefined {
  const depth = constantList(node, 1)?.[0];
  const [on, off] = [2, 3].map((index) => constantNumbers(node, index)?.[0]);
  if (depth === undefined || on === undefined || off === undefined) return undefined;
  const stated = (node.attr('axis') as number | undefined) ?? -1;
  const axis = resolveAxis(stated, node.inputShape(0).length + 1);
  return { attrs: { depth, on, off, axis }, inputs: [0], params: [] };
}

/** Indices as vectors that are `on` at the index and `off` elsewhere. */
export const oneHot: Op<OneHotAttrs> = {
  name: 'one-hot',
  tensorflow: { types: ['OneHot'], read },
  shape({ depth, axis }, inputs) {
    expectInputs(inputs, 1);
    expectInteger('depth', depth, 1);
    return [[...inputs[0]!.slice(0, axis), depth, ...inputs[0]!.slice(axis)]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { depth, on, off, axis } }, [input], [output]) {
    const inner = elements(input!.shape.slice(axis));
    for (let at = 0; at < output!.data.length; at++) {
      const row = Math.floor(at / (depth * inner));
      const index = input!.data[row * inner + (at % inner)];
      output!.data[at] = index === Math.floor(at / inner) % depth ? on : off;
    }
  },
};
