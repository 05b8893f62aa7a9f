import { fail } from '../error.js';
import type { Shape } from '../tensor.js';
import type { Op } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { first, oneToOne } from './support/operands.js';
import { imageSize } from './support/spatial.js';

export type ReorgAttrs = { readonly stride: number; readonly reverse: boolean };

/**
 * Darknet's map between a blob of C x H x W and one of C/s^2 x H*s x W*s, both NCHW: element (c, h, w) of the first is
 * element (c % C', h * s + floor(c / C') / s, w * s + floor(c / C') % s) of the second, C' = C / s^2.
 */
function counterpart(
  index: number,
  [, channels, height, width]: readonly [number, number, number, number],
  stride: number,
): number {
  const [w, h] = [index % width, Math.floor(index / width) % height];
  const plane = Math.floor(index / (width * height));
  const [c, image] = [plane % channels, Math.floor(plane / channels)];
  const count = channels / (stride * stride);
  const offset = Math.floor(c / count);
  const [row, column] = [h * stride + Math.floor(offset / stride), w * stride + (offset % stride)];
  return column + width * stride * (row + height * stride * ((c % count) + count * image));
}

function outputShape({ stride, reverse }: ReorgAttrs, input: Shape): Shape {
  const { batch, channels, height, width } = imageSize(input, 'NCHW');
  const area = stride * stride;
  return reverse
    ? [batch, channels / area, height * stride, width * stride]
    : [batch, channels * area, height / stride, width / stride];
}

/**
 * Darknet's reorg, as its Caffe ports have it: forward, C x H x W becomes C*s^2 x H/s x W/s by reading the input,
 * in its own sizes, through the map above, which is not a plain space-to-depth. `reverse` writes through it.
 */
export const reorg: Op<ReorgAttrs> = {
  name: 'reorg',
  caffe: {
    types: ['Reorg'],
    attributes(layer) {
      const message = layer.param('reorg_param');
      return { stride: message['stride'], reverse: message['reverse'] };
    },
  },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    expectInteger('stride', attrs.stride, 1);
    const { channels, height, width } = imageSize(first(inputs), 'NCHW');
    const area = attrs.stride * attrs.stride;
    if (channels % area !== 0) fail('model', '', `expected channels that are a multiple of ${area}, got ${channels}.`);
    if (!attrs.reverse && (height % attrs.stride !== 0 || width % attrs.stride !== 0)) {
      fail('model', '', `expected height and width that are multiples of ${attrs.stride}, got ${height}x${width}.`);
    }
    return [outputShape(attrs, first(inputs))];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const sizes = input.shape as unknown as readonly [number, number, number, number];
    for (let index = 0; index < input.data.length; index++) {
      const other = counterpart(index, sizes, attrs.stride);
      if (attrs.reverse) output.data[other] = input.data[index];
      else output.data[index] = input.data[other];
    }
  }),
};
