import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { expectWindow, imageShape, imageSize, imageStrides, type Padding, type Pair } from './support/spatial.js';
import { expectSpatial, spatialPair, tensorFlowWindow } from './support/tensorflow.js';

/** Window of a pooling over an image with channels last. */
export type MaxPoolArgmaxAttrs = { readonly kernel: Pair; readonly stride: Pair; readonly pad: Padding };

function read(node: TensorFlowNode): TensorFlowReading<MaxPoolArgmaxAttrs> {
  expectSpatial(node, 'ksize', node.attr('ksize'), 'NHWC');
  const kernel = spatialPair(node.attr('ksize'), 'NHWC');
  const { height, width } = imageSize(node.inputShape(0), 'NHWC');
  const { stride, pad } = tensorFlowWindow(node, kernel, [height, width]);
  return { attrs: { kernel, stride, pad }, inputs: [0], params: [] };
}

/**
 * The largest element of each window, and its index in the image, `(row * width + column) * channels + channel`, as
 * float32; of equal ones the first.
 */
export const maxPoolArgmax: Op<MaxPoolArgmaxAttrs> = {
  name: 'max-pool-argmax',
  tensorflow: { types: ['MaxPoolWithArgmax'], read },
  shape({ kernel, stride, pad }, inputs) {
    expectInputs(inputs, 1);
    expectWindow(kernel, stride, pad);
    const size = imageSize(inputs[0]!, 'NHWC');
    const count = (axis: 0 | 1, length: number): number =>
      Math.floor((length + pad[axis] + pad[axis + 2]! - kernel[axis]) / stride[axis]) + 1;
    const shape = imageShape({ ...size, height: count(0, size.height), width: count(1, size.width) }, 'NHWC');
    return [shape, shape];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { kernel, stride, pad } }, [input], [output, indices]) {
    const size = imageSize(input!.shape, 'NHWC');
    const from = imageStrides(size, 'NHWC');
    const [batch, rows, columns, channels] = output!.shape as [number, number, number, number];
    for (let at = 0; at < batch * rows * columns * channels; at++) {
      const [channel, pixel] = [at % channels, Math.floor(at / channels)];
      const image = Math.floor(pixel / (rows * columns)) * from.batch;
      const top = (Math.floor(pixel / columns) % rows) * stride[0] - pad[0];
      const left = (pixel % columns) * stride[1] - pad[1];
      let best = -1;
      for (let y = Math.max(top, 0); y < Math.min(top + kernel[0], size.height); y++) {
        for (let x = Math.max(left, 0); x < Math.min(left + kernel[1], size.width); x++) {
          const index = y * from.row + x * from.column + channel;
          if (best < 0 || input!.data[image + index] > input!.data[image + best]) best = index;
        }
      }
      output!.data[at] = input!.data[image + best];
      indices!.data[at] = best;
    }
  },
};
