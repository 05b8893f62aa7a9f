import { fail } from '../error.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger, expectOutputs, resolveAxis, sizeAlong, splitAxis } from './support/axes.js';
import { first } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

/** `points`: where each output but the first begins; empty: `count` equal parts. */
export type SliceAttrs = { readonly axis: number; readonly count: number; readonly points: readonly number[] };

/** Sizes of the parts along the axis. */
function partSizes({ axis, count, points }: SliceAttrs, size: number): number[] {
  expectInteger('number of outputs', count, 1);
  expectOutputs(count);
  if (points.length === 0) {
    if (size % count !== 0) fail('model', '', `expected ${count} equal parts of axis ${axis}, got its size ${size}.`);
    return Array.from({ length: count }, () => size / count);
  }
  if (points.length !== count - 1)
    fail('model', '', `expected ${count - 1} slice points for ${count} outputs, got ${points.length}.`);
  let begin = 0;
  const sizes = [...points, size].map((end) => {
    const part = end - begin;
    begin = end;
    return part;
  });
  return sizes.every((part) => part > 0)
    ? sizes
    : fail('model', '', `expected ascending slice points within ${size}, got ${points.join(', ')}.`);
}

/** Split has the axis before the value. SplitV has sizes, of which one may be -1: the remaining elements. */
function readTensorFlow(node: TensorFlowNode): TensorFlowReading<SliceAttrs> | undefined {
  if (node.type === 'Split') {
    const axis = constantList(node, 0)?.[0];
    return axis === undefined
      ? undefined
      : { attrs: { axis, count: node.attr('num_split'), points: [] }, inputs: [1], params: [] };
  }
  const [sizes, axis] = [constantList(node, 1), constantList(node, 2)?.[0]];
  if (sizes === undefined || axis === undefined) return undefined;
  const shape = node.inputShape(0);
  const rest = sizes.reduce((left, size) => left - Math.max(size, 0), sizeAlong(shape, axis));
  let end = 0;
  const points = sizes.slice(0, -1).map((size) => (end += size === -1 ? rest : size));
  return { attrs: { axis, count: sizes.length, points }, inputs: [0], params: [] };
}

/** Cuts the input into parts along one axis. */
export const slice: Op<SliceAttrs> = {
  name: 'slice',
  caffe: {
    types: ['Slice'],
    attributes(layer) {
      const message = layer.param('slice_param');
      const axis = layer.has('slice_param', 'slice_dim') ? message['slice_dim'] : message['axis'];
      return { axis, count: layer.topCount, points: [...message['slice_point']] };
    },
  },
  tensorflow: { types: ['Split', 'SplitV'], read: readTensorFlow },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const at = resolveAxis(attrs.axis, input.length);
    return partSizes(attrs, sizeAlong(input, at)).map((part) => input.map((size, i) => (i === at ? part : size)));
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs }, inputs, outputs) {
    const { shape, data } = first(inputs);
    const { outer, size, inner } = splitAxis(shape, attrs.axis);
    let offset = 0;
    for (const output of outputs) {
      const run = sizeAlong(output.shape, attrs.axis) * inner;
      for (let block = 0; block < outer; block++) {
        const from = block * size * inner + offset;
        output.data.set(data.subarray(from, from + run), block * run);
      }
      offset += run;
    }
  },
};
