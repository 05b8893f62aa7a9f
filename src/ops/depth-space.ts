import { fail } from '../error.js';
import type { Layout, Tensor } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { first, oneToOne } from './support/operands.js';
import { imageShape, imageSize, imageStrides } from './support/spatial.js';
import { dataFormat } from './support/tensorflow.js';

/** Squares of `block` x `block` pixels become (`to: 'depth'`), or come from, channels: channel `(i * block + j) * depth + c` is pixel (i, j). */
export type DepthSpaceAttrs = { readonly to: 'depth' | 'space'; readonly block: number; readonly layout: Layout };

const read = (node: TensorFlowNode): TensorFlowReading<DepthSpaceAttrs> => ({
  attrs: {
    to: node.type === 'SpaceToDepth' ? 'depth' : 'space',
    block: node.attr('block_size'),
    layout: dataFormat(node),
  },
  inputs: [0],
  params: [],
});

/** Copies every element between the image with many channels (`deep`) and the one with many pixels (`wide`). */
function exchange({ block, layout }: DepthSpaceAttrs, deep: Tensor<any>, wide: Tensor<any>, toDeep: boolean): void {
  const size = imageSize(deep.shape, layout);
  const depth = size.channels / (block * block);
  const [inner, outer] = [imageStrides(size, layout), imageStrides(imageSize(wide.shape, layout), layout)];
  for (let channel = 0; channel < size.channels; channel++) {
    const [i, j, c] = [Math.floor(channel / depth / block), Math.floor(channel / depth) % block, channel % depth];
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        const at = channel * inner.channel + y * inner.row + x * inner.column;
        const pixel = c * outer.channel + (y * block + i) * outer.row + (x * block + j) * outer.column;
        if (toDeep) deep.data[at] = wide.data[pixel];
        else wide.data[pixel] = deep.data[at];
      }
    }
  }
}

/** Squares of pixels become channels, or channels squares of pixels. Moves elements only. */
export const depthSpace: Op<DepthSpaceAttrs> = {
  name: 'depth-space',
  tensorflow: { types: ['SpaceToDepth', 'DepthToSpace'], read },
  shape({ to, block, layout }, inputs) {
    expectInputs(inputs, 1);
    expectInteger('block_size', block, 1);
    const { batch, channels, height, width } = imageSize(first(inputs), layout);
    const area = block * block;
    if (to === 'depth') {
      if (height % block !== 0 || width % block !== 0)
        fail('model', '', `expected height and width that are multiples of ${block}, got ${height}x${width}.`);
      return [imageShape({ batch, channels: channels * area, height: height / block, width: width / block }, layout)];
    }
    if (channels % area !== 0) fail('model', '', `expected channels that are a multiple of ${area}, got ${channels}.`);
    return [imageShape({ batch, channels: channels / area, height: height * block, width: width * block }, layout)];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    if (attrs.to === 'depth') exchange(attrs, output, input, true);
    else exchange(attrs, input, output, false);
  }),
};
