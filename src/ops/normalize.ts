import type { Layout } from '../tensor.js';
import type { Op } from './op.js';
import { keepShape } from './support/elementwise.js';
import { first, oneToOne } from './support/operands.js';
import { imageSize, imageStrides } from './support/spatial.js';

export type NormalizeAttrs = {
  /** One norm for the whole image, or one for each pixel over its channels. */
  readonly acrossSpatial: boolean;
  /** One scale, or one per channel. */
  readonly shared: boolean;
  readonly eps: number;
  readonly layout: Layout;
};

/** `x / sqrt(sum of squares + eps) * scale` (SSD), in double; squares are added by pixel, within it by channel. */
export const normalize: Op<NormalizeAttrs> = {
  name: 'normalize',
  caffe: {
    types: ['Normalize'],
    attributes(layer) {
      const message = layer.param('norm_param');
      return {
        acrossSpatial: message['across_spatial'],
        shared: message['channel_shared'],
        eps: message['eps'],
        layout: 'NCHW',
      };
    },
  },
  params: ({ shared, layout }, inputs) => [
    { role: 'scale', shape: [shared ? 1 : imageSize(first(inputs), layout).channels], seed: 1 },
  ],
  shape(attrs, inputs) {
    const shapes = keepShape(attrs, inputs);
    imageSize(shapes[0], attrs.layout);
    return shapes;
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs, params }, input, output) => {
    const size = imageSize(input.shape, attrs.layout);
    const step = imageStrides(size, attrs.layout);
    const pixels = size.height * size.width;
    const together = attrs.acrossSpatial ? pixels : 1;
    const scales = first(params).data;
    for (let first = 0; first < size.batch * pixels; first += together) {
      const at = (i: number): number => {
        const pixel = first + Math.floor(i / size.channels);
        return (
          Math.floor(pixel / pixels) * step.batch + (pixel % pixels) * step.column + (i % size.channels) * step.channel
        );
      };
      let squares = attrs.eps;
      for (let i = 0; i < together * size.channels; i++) squares += input.data[at(i)] * input.data[at(i)];
      const norm = Math.sqrt(squares);
      for (let i = 0; i < together * size.channels; i++) {
        output.data[at(i)] = (input.data[at(i)] / norm) * scales[attrs.shared ? 0 : i % size.channels]!;
      }
    }
  }),
};
