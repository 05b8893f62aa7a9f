import { elements } from '../tensor.js';
import type { Op } from './op.js';
import { splitAxis } from './support/axes.js';
import { keepShape, lowerActivation } from './support/elementwise.js';

/** Slopes along `axis`, or one for all. */
export type PreluAttrs = { readonly axis: number; readonly shared: boolean };

/** `y = x < 0 ? x * slope[c] : x`. A negative slope is not monotonic: then it is a host layer. */
export const prelu: Op<PreluAttrs> = {
  name: 'prelu',
  caffe: {
    types: ['PReLU'],
    attributes: (layer) => ({ axis: 1, shared: layer.param('prelu_param')['channel_shared'] }),
  },
  params: ({ axis, shared }, inputs) => [
    { role: 'slopes', shape: [shared ? 1 : splitAxis(inputs[0]!, axis).size], seed: 0.25 },
  ],
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    if (!attrs.shared) splitAxis(shapes[0]!, attrs.axis);
    return shapes;
  },
  rule({ params }) {
    const slopes = [...params[0]!.data];
    return slopes.some((slope) => slope < 0) ? { kind: 'host' } : { kind: 'activation', slopes, ceiling: Infinity };
  },
  reference({ attrs, params }, [input], [output]) {
    const { size, inner } = attrs.shared ? { size: 1, inner: 1 } : splitAxis(input!.shape, attrs.axis);
    const slopes = params[0]!.data;
    input!.data.forEach((x: number, index: number) => {
      const slope = slopes[Math.floor(index / inner) % size]!;
      output!.data[index] = x < 0 ? x * slope : x;
    });
  },
  lower({ attrs, params }, { inputs }, fused) {
    if (fused !== undefined) return undefined;
    const slopes = params[0]!.data;
    const { outer, size, inner } = attrs.shared
      ? { outer: 1, size: 1, inner: elements(inputs[0]!) }
      : splitAxis(inputs[0]!, attrs.axis);
    return outer > 1 && inner > 1
      ? undefined
      : lowerActivation(slopes, inner > 1 ? [size, inner, true] : [outer, size, false], Infinity);
  },
};
