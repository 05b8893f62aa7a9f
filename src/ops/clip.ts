import { fail } from '../error.js';
import { lowerActivationF32 } from '../kernels/elementwise.js';
import type { Op } from './op.js';
import { keepShape, mapElements, wholeOf } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';
import { constantTensor } from './support/tensorflow.js';

export type ClipAttrs = { readonly min: number; readonly max: number };

/** `x` limited to [min, max]. From 0 on it is a rectifier with a ceiling, as ReLU6; else a host layer. */
export const clip: Op<ClipAttrs> = {
  name: 'clip',
  caffe: {
    types: ['Clip'],
    attributes(layer) {
      const field = 'clip_param';
      for (const end of ['min', 'max']) if (!layer.has(field, end)) layer.fail(`expected ${end}, got none.`);
      const { min, max } = layer.param(field) as ClipAttrs;
      return { min, max };
    },
  },
  tensorflow: {
    types: ['ClipByValue'],
    read(node) {
      const bounds = [1, 2].map((index) => constantTensor(node, index)?.data ?? []);
      if (bounds.some(({ length }) => length !== 1)) return undefined;
      const [[min = -Infinity] = [], [max = Infinity] = []] = bounds;
      return { attrs: { min, max }, inputs: [0], params: [] };
    },
  },
  shape(attrs, inputs) {
    if (!(attrs.min <= attrs.max)) fail('model', '', `expected max of at least ${attrs.min}, got ${attrs.max}.`);
    return keepShape(attrs, inputs);
  },
  rule: ({ attrs: { min, max } }) => (min === 0 ? { kind: 'activation', slopes: [0], ceiling: max } : { kind: 'host' }),
  reference: oneToOne(({ attrs: { min, max } }, input, output) =>
    mapElements(input, output, (x) => (x < min ? min : x > max ? max : x)),
  ),
  lower: ({ attrs: { min, max } }, { inputs }, fused) =>
    fused === undefined && min === 0 ? lowerActivationF32(wholeOf(inputs), null, max) : undefined,
};
