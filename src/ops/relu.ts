import { lowerActivationF32 } from '../kernels/elementwise.js';
import type { Op } from './op.js';
import { keepShape, mapElements, wholeOf } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';

/** `y = x < 0 ? x * slope : x`, then at most `ceiling` (6, or Infinity). */
export type ReluAttrs = { readonly slope: number; readonly ceiling: number };

/** Rectifier: ReLU, leaky ReLU, ReLU6. Negative inputs give +0 where the slope is 0. */
export const relu: Op<ReluAttrs> = {
  name: 'relu',
  caffe: {
    types: ['ReLU', 'ReLU6'],
    attributes(layer) {
      const six = layer.type === 'ReLU6';
      return { slope: layer.param(six ? 'relu6_param' : 'relu_param')['negative_slope'], ceiling: six ? 6 : Infinity };
    },
  },
  tensorflow: {
    types: ['Relu', 'Relu6', 'LeakyRelu'],
    read(node) {
      const slope = node.type === 'LeakyRelu' ? ((node.attr('alpha') as number | undefined) ?? Math.fround(0.2)) : 0;
      return { attrs: { slope, ceiling: node.type === 'Relu6' ? 6 : Infinity }, inputs: [0], params: [] };
    },
  },
  shape: keepShape,
  rule: ({ attrs }) =>
    attrs.slope < 0 ? { kind: 'host' } : { kind: 'activation', slopes: [attrs.slope], ceiling: attrs.ceiling },
  reference: oneToOne(({ attrs: { slope, ceiling } }, input, output) => {
    const rectify = (x: number): number => (x < 0 ? (slope === 0 ? 0 : Math.fround(x * slope)) : x);
    mapElements(input, output, (x) => Math.min(rectify(x), ceiling));
  }),
  lower: ({ attrs: { slope, ceiling } }, { inputs }, fused) =>
    fused === undefined ? lowerActivationF32(wholeOf(inputs), slope === 0 ? null : [slope], ceiling) : undefined,
};
