import { fail } from '../error.js';
import { formatShape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, resolveAxis, sizeAlong, splitAxis } from './support/axes.js';
import { first } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

export type ConcatAttrs = { readonly axis: number };

/** Joins inputs along one axis; the other sizes agree. Works on any typed array. */
export const concat: Op<ConcatAttrs> = {
  name: 'concat',
  caffe: {
    types: ['Concat'],
    attributes(layer) {
      const message = layer.param('concat_param');
      return { axis: layer.has('concat_param', 'concat_dim') ? message['concat_dim'] : message['axis'] };
    },
  },
  tensorflow: {
    types: ['Concat', 'ConcatV2'],
    read(node) {
      const count = node.inputCount - 1;
      const at = node.type === 'Concat' ? 0 : count;
      const axis = constantList(node, at)?.[0];
      return axis === undefined
        ? undefined
        : {
            attrs: { axis },
            inputs: Array.from({ length: count }, (_, index) => index + (at === 0 ? 1 : 0)),
            params: [],
          };
    },
  },
  shape({ axis }, inputs) {
    const [model] = expectInputs(inputs, 1, Infinity);
    const joined = resolveAxis(axis, model.length);
    const fits = (shape: readonly number[]): boolean =>
      shape.length === model.length && shape.every((size, i) => i === joined || size === model[i]);
    const odd = inputs.find((shape) => !fits(shape));
    if (odd !== undefined)
      fail(
        'model',
        '',
        `expected inputs that differ along axis ${joined} only, got ${formatShape(model)} and ${formatShape(odd)}.`,
      );
    const total = inputs.reduce((sum, shape) => sum + sizeAlong(shape, joined), 0);
    return [model.map((size, i) => (i === joined ? total : size))];
  },
  rule: () => ({ kind: 'concat' }),
  reference({ attrs }, inputs, outputs) {
    const { shape, data } = first(outputs);
    const { outer, size, inner } = splitAxis(shape, attrs.axis);
    let offset = 0;
    for (const input of inputs) {
      const run = sizeAlong(input.shape, attrs.axis) * inner;
      for (let block = 0; block < outer; block++)
        data.set(input.data.subarray(block * run, (block + 1) * run), block * size * inner + offset);
      offset += run;
    }
  },
};
