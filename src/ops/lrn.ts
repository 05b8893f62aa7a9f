import { fail } from '../error.js';
import { pow } from '../math.js';
import { channelAxis, type Layout, type Tensor } from '../tensor.js';
import type { Op } from './op.js';
import { expectInteger, splitAxis } from './support/axes.js';
import { keepShape } from './support/elementwise.js';
import { oneToOne } from './support/operands.js';
import { imageSize, imageStrides } from './support/spatial.js';

export type LrnAttrs = {
  /** Over neighbouring channels, or over a square of neighbours within the channel. */
  readonly region: 'across' | 'within';
  /** Odd: elements across, or side of the square. */
  readonly size: number;
  /** Weight of the mean of squares (not of their sum). */
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
};

/** `x * (k + alpha * mean of squares) ^ -beta`; positions outside the blob count as 0 in the mean. */
const normalise = ({ alpha, beta, k }: LrnAttrs, x: number, squares: number, count: number): number =>
  x * pow(k + (alpha * squares) / count, -beta);

function across(attrs: LrnAttrs, input: Tensor<any>, output: Tensor<any>, layout: Layout): void {
  const { outer, size, inner } = splitAxis(input.shape, channelAxis(input.shape.length, layout));
  const reach = (attrs.size - 1) / 2;
  for (let index = 0; index < outer * size * inner; index++) {
    const channel = Math.floor(index / inner) % size;
    let squares = 0;
    for (let c = Math.max(0, channel - reach); c <= Math.min(size - 1, channel + reach); c++) {
      const x = input.data[index + (c - channel) * inner];
      squares += x * x;
    }
    output.data[index] = normalise(attrs, input.data[index], squares, attrs.size);
  }
}

function within(attrs: LrnAttrs, input: Tensor<any>, output: Tensor<any>, layout: Layout): void {
  const size = imageSize(input.shape, layout);
  const { row, column } = imageStrides(size, layout);
  const reach = (attrs.size - 1) / 2;
  input.data.forEach((value: number, index: number) => {
    const [y, x] = [Math.floor(index / row) % size.height, Math.floor(index / column) % size.width];
    let squares = 0;
    for (let v = Math.max(0, y - reach); v <= Math.min(size.height - 1, y + reach); v++) {
      for (let u = Math.max(0, x - reach); u <= Math.min(size.width - 1, x + reach); u++) {
        const other = input.data[index + (v - y) * row + (u - x) * column];
        squares += other * other;
      }
    }
    output.data[index] = normalise(attrs, value, squares, attrs.size * attrs.size);
  });
}

/** Local response normalisation, in double. Within a channel Caffe takes k as 1. */
export const lrn: Op<LrnAttrs> = {
  name: 'lrn',
  caffe: {
    types: ['LRN'],
    attributes(layer) {
      const message = layer.param('lrn_param');
      const region = message['norm_region'] === 'WITHIN_CHANNEL' ? 'within' : 'across';
      return {
        region,
        size: message['local_size'],
        alpha: message['alpha'],
        beta: message['beta'],
        k: region === 'within' ? 1 : message['k'],
      };
    },
  },
  tensorflow: {
    types: ['LRN'],
    read(node) {
      const size = 2 * (node.attr('depth_radius') ?? 5) + 1;
      // TensorFlow weights the sum of squares.
      return {
        attrs: {
          region: 'across',
          size,
          alpha: (node.attr('alpha') ?? 1) * size,
          beta: node.attr('beta') ?? 0.5,
          k: node.attr('bias') ?? 1,
        },
        inputs: [0],
        params: [],
      };
    },
  },
  shape(attrs, inputs) {
    expectInteger('local_size', attrs.size, 1);
    if (attrs.size % 2 === 0) fail('model', '', `expected an odd local_size, got ${attrs.size}.`);
    const shapes = keepShape(attrs, inputs);
    if (attrs.region === 'within') imageSize(shapes[0], 'NCHW');
    return shapes;
  },
  rule: () => ({ kind: 'lrn' }),
  reference: oneToOne(({ attrs }, input, output, layout) => {
    (attrs.region === 'across' ? across : within)(attrs, input, output, layout);
  }),
};
