import { fail } from '../error.js';
import { elements, type Tensor } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** Height and width of each crop, how its pixels are sampled, and the value outside the image. */
export type CropAndResizeAttrs = {
  readonly size: readonly [number, number];
  readonly method: 'bilinear' | 'nearest';
  readonly outside: number;
};

function read(node: TensorFlowNode): TensorFlowReading<CropAndResizeAttrs> | undefined {
  const [height, width] = constantList(node, 3) ?? [];
  if (height === undefined || width === undefined) return undefined;
  const method = (node.attr('method') as string | undefined) ?? 'bilinear';
  if (method !== 'bilinear' && method !== 'nearest')
    return node.fail(`expected method bilinear or nearest, got ${method}.`);
  const other = constantList(node, 2)?.find((image) => image !== 0);
  if (other !== undefined) node.fail(`expected boxes of image 0, the one that is run, got one of image ${other}.`);
  const outside = (node.attr('extrapolation_value') as number | undefined) ?? 0;
  return { attrs: { size: [height, width], method, outside }, inputs: [0, 1, 2], params: [] };
}

/** Positions in the image of the pixels of a crop along an axis; `from` and `to` are parts of its length. */
function positions(from: number, to: number, length: number, count: number): number[] {
  const last = length - 1;
  if (count === 1) return [0.5 * (from + to) * last];
  const step = ((to - from) * last) / (count - 1);
  return Array.from({ length: count }, (_, index) => from * last + index * step);
}

/** A pixel of an image with channels last, between its neighbours; undefined outside. */
function sampler(
  { shape: [, height = 1, width = 1, channels = 1], data }: Tensor<any>,
  method: CropAndResizeAttrs['method'],
): (image: number, y: number, x: number, channel: number) => number | undefined {
  return (image, y, x, channel) => {
    if (!(y >= 0 && y <= height - 1 && x >= 0 && x <= width - 1)) return undefined;
    const at = (row: number, column: number): number =>
      data[((image * height + row) * width + column) * channels + channel];
    if (method === 'nearest') return at(Math.round(y), Math.round(x));
    const [top, bottom, left, right] = [Math.floor(y), Math.ceil(y), Math.floor(x), Math.ceil(x)];
    const along = (row: number): number => at(row, left) + (at(row, right) - at(row, left)) * (x - left);
    return along(top) + (along(bottom) - along(top)) * (y - top);
  };
}

/** Crops of the image at the boxes of the second input (y1, x1, y2, x2 as parts of its size), resized to one size. */
export const cropAndResize: Op<CropAndResizeAttrs> = {
  name: 'crop-and-resize',
  tensorflow: { types: ['CropAndResize'], read },
  shape({ size }, inputs) {
    const [image, boxes, indices] = expectInputs(inputs, 3);
    if (image.length !== 4) fail('model', '', `expected an image of 4 axes, got ${image.length}.`);
    const [count = 0, sides, ...others] = boxes;
    if (sides !== 4 || others.length > 0) fail('model', '', `expected boxes of 4 numbers, got ${boxes.join('x')}.`);
    if (elements(indices) !== count)
      fail('model', '', `expected an image number for each of ${count} boxes, got ${elements(indices)}.`);
    if (size.some((length) => length < 1)) fail('model', '', `expected crops of at least 1x1, got ${size.join('x')}.`);
    return [[count, ...size, image[3] ?? 1]];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { size, method, outside } }, [image, boxes, indices], [output]) {
    const [images = 1, rows = 1, columns = 1, channels = 1] = image!.shape;
    const sample = sampler(image!, method);
    let to = 0;
    for (let box = 0; box < indices!.data.length; box++) {
      const [top, left, bottom, right] = boxes!.data.subarray(4 * box, 4 * box + 4) as Float32Array;
      const number = indices!.data[box]!;
      const isKnown = number >= 0 && number < images;
      for (const y of positions(top!, bottom!, rows, size[0]))
        for (const x of positions(left!, right!, columns, size[1]))
          for (let channel = 0; channel < channels; channel++)
            output!.data[to++] = (isKnown ? sample(number, y, x, channel) : undefined) ?? outside;
    }
  },
};
