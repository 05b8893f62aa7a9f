import { type ActivationShape, lowerActivationF32 } from '../kernels/elementwise.js';
import type { Shape } from '../tensor.js';
import type { Op } from './op.js';
import { splitAxis } from './support/axes.js';
import { keepShape, wholeOf } from './support/elementwise.js';
import { first, oneToOne } from './support/operands.js';

/** Slopes along `axis`, or one for all. */
export type PreluAttrs = { readonly axis: number; readonly shared: boolean };

/** The input as rows or columns with a slope each; undefined where the axis lies between others. */
function activationShape({ axis }: PreluAttrs, input: Shape): ActivationShape | undefined {
  const { outer, size, inner } = splitAxis(input, axis);
  if (outer > 1 && inner > 1) return undefined;
  return inner > 1
    ? { rows: size, columns: inner, slopesOf: 'rows' }
    : { rows: outer, columns: size, slopesOf: 'columns' };
}

/** `y = x < 0 ? x * slope[c] : x`. A negative slope is not monotonic: then it is a host layer. */
export const prelu: Op<PreluAttrs> = {
  name: 'prelu',
  caffe: {
    types: ['PReLU'],
    attributes: (layer) => ({ axis: 1, shared: layer.param('prelu_param')['channel_shared'] }),
  },
  params: ({ axis, shared }, inputs) => [
    { role: 'slopes', shape: [shared ? 1 : splitAxis(first(inputs), axis).size], seed: 0.25 },
  ],
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    if (!attrs.shared) splitAxis(shapes[0], attrs.axis);
    return shapes;
  },
  rule({ params }) {
    const slopes = [...first(params).data];
    return slopes.some((slope) => slope < 0) ? { kind: 'host' } : { kind: 'activation', slopes, ceiling: Infinity };
  },
  reference: oneToOne(({ attrs, params }, input, output) => {
    const { size, inner } = attrs.shared ? { size: 1, inner: 1 } : splitAxis(input.shape, attrs.axis);
    const slopes = first(params).data;
    input.data.forEach((x: number, index: number) => {
      const slope = slopes[Math.floor(index / inner) % size]!;
      output.data[index] = x < 0 ? x * slope : x;
    });
  }),
  lower({ attrs, params }, { inputs }, fused) {
    const shape = attrs.shared ? wholeOf(inputs) : activationShape(attrs, first(inputs));
    return fused === undefined && shape !== undefined
      ? lowerActivationF32(shape, first(params).data, Infinity)
      : undefined;
  },
};
