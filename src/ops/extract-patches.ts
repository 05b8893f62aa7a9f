import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger } from './support/axes.js';
import { expectWindow, imageSize, imageStrides, type Padding, type Pair } from './support/spatial.js';
import { spatialPair, tensorFlowWindow } from './support/tensorflow.js';

/** A window of `kernel` elements, `dilation` apart, that moves by `stride` over an image with channels last. */
export type ExtractPatchesAttrs = {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pad: Padding;
};

function read(node: TensorFlowNode): TensorFlowReading<ExtractPatchesAttrs> {
  const kernel = spatialPair(node.attr('ksizes'), 'NHWC');
  const rates = node.attr('rates') as readonly number[];
  const { height, width } = imageSize(node.inputShape(0), 'NHWC');
  const dilated = { ...node, attr: (name: string) => (name === 'dilations' ? rates : node.attr(name)) };
  const { stride, dilation, pad } = tensorFlowWindow(dilated, kernel, [height, width]);
  return { attrs: { kernel, stride, dilation, pad }, inputs: [0], params: [] };
}

function outputSize({ kernel, stride, dilation, pad }: ExtractPatchesAttrs, axis: 0 | 1, size: number): number {
  const reach = (kernel[axis] - 1) * dilation[axis] + 1;
  return Math.max(0, Math.floor((size + pad[axis] + pad[axis + 2]! - reach) / stride[axis]) + 1);
}

/**
 * The elements of each window as channels, row by row with the image's channels innermost; 0 in the padding. It moves
 * elements only: 0 is a code of every grid.
 */
export const extractPatches: Op<ExtractPatchesAttrs> = {
  name: 'extract-patches',
  tensorflow: { types: ['ExtractImagePatches'], read },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    expectWindow(attrs.kernel, attrs.stride, attrs.pad);
    attrs.dilation.forEach((rate) => expectInteger('rates', rate, 1));
    const { batch, channels, height, width } = imageSize(inputs[0]!, 'NHWC');
    const depth = attrs.kernel[0] * attrs.kernel[1] * channels;
    return [[batch, outputSize(attrs, 0, height), outputSize(attrs, 1, width), depth]];
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs: { kernel, stride, dilation, pad } }, [input], [output]) {
    const size = imageSize(input!.shape, 'NHWC');
    const from = imageStrides(size, 'NHWC');
    const [batch, rows, columns] = output!.shape as [number, number, number];
    let at = 0;
    for (let window = 0; window < batch * rows * columns; window++) {
      const image = Math.floor(window / (rows * columns));
      const top = (Math.floor(window / columns) % rows) * stride[0] - pad[0];
      const left = (window % columns) * stride[1] - pad[1];
      for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
        const y = top + Math.floor(tap / kernel[1]) * dilation[0];
        const x = left + (tap % kernel[1]) * dilation[1];
        const isInside = y >= 0 && y < size.height && x >= 0 && x < size.width;
        const start = image * from.batch + y * from.row + x * from.column;
        for (let c = 0; c < size.channels; c++) output!.data[at++] = isInside ? input!.data[start + c] : 0;
      }
    }
  },
};
