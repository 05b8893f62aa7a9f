import { elements, type Layout } from '../tensor.js';
import type { Op } from './op.js';
import { keepShape } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';
import { imageSize, imageStrides } from './support/spatial.js';

export type MvnAttrs = {
  readonly variance: boolean;
  readonly acrossChannels: boolean;
  readonly eps: number;
  readonly layout: Layout;
};

/** Mean and variance of some values, in double, added in their order. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return { mean, variance };
}

/** `(x - mean) / (sqrt(variance) + eps)` over each channel's plane, or over all channels of an image. */
export const mvn: Op<MvnAttrs> = {
  name: 'mvn',
  caffe: {
    types: ['MVN'],
    attributes(layer) {
      const message = layer.param('mvn_param');
      return {
        variance: message['normalize_variance'],
        acrossChannels: message['across_channels'],
        eps: message['eps'],
        layout: 'NCHW',
      };
    },
  },
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    imageSize(shapes[0], attrs.layout);
    return shapes;
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const size = imageSize(input.shape, attrs.layout);
    const step = imageStrides(size, attrs.layout);
    const pixels = size.height * size.width;
    const planes = attrs.acrossChannels ? size.channels : 1;
    for (let first = 0; first < size.batch * size.channels; first += planes) {
      const base = Math.floor(first / size.channels) * step.batch;
      const indices = Array.from(
        { length: elements([planes, pixels]) },
        (_, i) => base + ((first % size.channels) + Math.floor(i / pixels)) * step.channel + (i % pixels) * step.column,
      );
      const { mean, variance } = moments(indices.map((at) => input.data[at]));
      const divisor = attrs.variance ? Math.sqrt(variance) + attrs.eps : 1;
      for (const at of indices) output.data[at] = (input.data[at] - mean) / divisor;
    }
  }),
};
