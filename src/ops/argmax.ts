import { fail } from '../error.js';
import { elements, type Shape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, expectInteger, resolveAxis, sizeAlong } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

export type ArgmaxAttrs = {
  /** Null: the whole image as one row; the output is then N x 1 x k, or N x 2 x k with indices before values. */
  readonly axis: number | null;
  readonly count: number;
  /** Values instead of indices along an axis; values beside them without one. */
  readonly values: boolean;
  /** The smallest elements instead of the largest. */
  readonly smallest?: boolean;
  /** Which of equal elements comes first. */
  readonly ties: 'lowest' | 'highest';
};

function outputShape({ axis, count, values }: ArgmaxAttrs, input: Shape): Shape {
  if (axis === null) return [sizeAlong(input, 0), values ? 2 : 1, count, ...input.slice(3).map(() => 1)];
  return input.map((size, i) => (i === resolveAxis(axis, input.length) ? count : size));
}

/** The largest (or smallest) elements of a row with their indices, the most extreme first. */
function largest(
  row: readonly number[],
  { count, ties, smallest = false }: ArgmaxAttrs,
): { readonly index: number; readonly value: number }[] {
  const sign = ties === 'lowest' ? 1 : -1;
  const direction = smallest ? -1 : 1;
  const all = row.map((value, index) => ({ index, value }));
  return all.sort((a, b) => direction * (b.value - a.value) || sign * (a.index - b.index)).slice(0, count);
}

/** Indices (as float32) or values of the `count` largest elements. Caffe puts the highest index of equal ones first. */
export const argmax: Op<ArgmaxAttrs> = {
  name: 'argmax',
  caffe: {
    types: ['ArgMax'],
    attributes(layer) {
      const message = layer.param('argmax_param');
      const axis = layer.has('argmax_param', 'axis') ? message['axis'] : null;
      return { axis, count: message['top_k'], values: message['out_max_val'], ties: 'highest' };
    },
  },
  tensorflow: {
    types: ['ArgMax', 'ArgMin'],
    read(node) {
      const shape = node.inputShape(0);
      const axis = resolveAxis(constantList(node, 1)?.[0] ?? 0, shape.length);
      return {
        attrs: { axis, count: 1, values: false, ties: 'lowest', ...(node.type === 'ArgMin' && { smallest: true }) },
        inputs: [0],
        params: [],
        reshape: shape.filter((_, at) => at !== axis),
      };
    },
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const size = attrs.axis === null ? elements(input.slice(1)) : sizeAlong(input, attrs.axis);
    expectInteger('top_k', attrs.count, 1);
    if (attrs.count > size) fail('model', '', `expected top_k of at most ${size}, got ${attrs.count}.`);
    return [outputShape(attrs, input)];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const { shape, data } = input;
    const at = attrs.axis === null ? 1 : resolveAxis(attrs.axis, shape.length);
    const inner = attrs.axis === null ? 1 : elements(shape.slice(at + 1));
    const outer = elements(shape.slice(0, at));
    const size = data.length / outer / inner;
    const perRow = output.data.length / outer / inner;
    for (let row = 0; row < outer * inner; row++) {
      const [block, lane] = [Math.floor(row / inner), row % inner];
      const values: number[] = Array.from({ length: size }, (_, i) => data[(block * size + i) * inner + lane]);
      const found = largest(values, attrs);
      const indices = attrs.values && attrs.axis !== null ? [] : found.map(({ index }) => index);
      const written = attrs.values ? [...indices, ...found.map(({ value }) => value)] : indices;
      written.forEach((value, i) => (output.data[(block * perRow + i) * inner + lane] = value));
    }
  }),
};
