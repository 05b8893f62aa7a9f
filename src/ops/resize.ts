import { fail } from '../error.js';
import type { Layout, Shape, Tensor } from '../tensor.js';
import type { CaffeLayer, Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectInteger, expectSameShapes, sizeAlong } from './support/axes.js';
import { atLeast, first } from './support/operands.js';
import { farPad, imageShape, imageSize, imageStrides, type Padding, type Pair } from './support/spatial.js';
import { constantList } from './support/tensorflow.js';

/**
 * Where an output coordinate lies in the input: `corners`: first on first and last on last; `half-pixel`:
 * `(out + 0.5) * in / size - 0.5`; `origin`: `out * in / size`.
 */
type Alignment = 'corners' | 'half-pixel' | 'origin';

export type ResizeAttrs = {
  readonly size: Pair;
  /** `unpool`: undoes a MAX pooling, by its indices. */
  readonly method: 'bilinear' | 'nearest' | 'unpool';
  readonly alignment: Alignment;
  /** Rows and columns of the input left out at top, left, bottom, right before anything else. */
  readonly crop: Padding;
  readonly layout: Layout;
};

/** Two neighbours along one axis, and the weight of the second. */
interface Mix {
  readonly low: number;
  readonly high: number;
  readonly weight: number;
}

function source({ alignment, method }: ResizeAttrs, out: number, size: number, input: number): number {
  if (alignment === 'corners') return size > 1 ? (out * (input - 1)) / (size - 1) : 0;
  if (alignment === 'origin') return (out * input) / size;
  return method === 'nearest' ? ((out + 0.5) * input) / size : ((out + 0.5) * input) / size - 0.5;
}

/** The neighbours of every output coordinate along an axis, within the cropped input. */
function mixes(attrs: ResizeAttrs, axis: 0 | 1, whole: number): Mix[] {
  const [begin, size] = [attrs.crop[axis], attrs.size[axis]];
  const last = whole - begin - farPad(attrs.crop, axis) - 1;
  const clamp = (at: number): number => begin + Math.min(Math.max(at, 0), last);
  return Array.from({ length: size }, (_, out) => {
    const at = source(attrs, out, size, last + 1);
    if (attrs.method === 'bilinear')
      return { low: clamp(Math.floor(at)), high: clamp(Math.floor(at) + 1), weight: at - Math.floor(at) };
    const nearest = clamp(attrs.alignment === 'corners' ? Math.floor(at + 0.5) : Math.floor(at));
    return { low: nearest, high: nearest, weight: 0 };
  });
}

function resample(attrs: ResizeAttrs, input: Tensor<any>, output: Tensor<any>): void {
  const [size, target] = [imageSize(input.shape, attrs.layout), imageSize(output.shape, attrs.layout)];
  const [from, to] = [imageStrides(size, attrs.layout), imageStrides(target, attrs.layout)];
  const [rows, columns] = [mixes(attrs, 0, size.height), mixes(attrs, 1, size.width)];
  for (let plane = 0; plane < size.batch * size.channels; plane++) {
    const [image, channel] = [Math.floor(plane / size.channels), plane % size.channels];
    const base = image * from.batch + channel * from.channel;
    const across = (row: number, { low, high, weight }: Mix): number => {
      const [a, b] = [
        input.data[base + row * from.row + low * from.column],
        input.data[base + row * from.row + high * from.column],
      ];
      return weight === 0 ? a : a + (b - a) * weight;
    };
    rows.forEach((row, y) =>
      columns.forEach((column, x) => {
        const [upper, lower] = [across(row.low, column), across(row.high, column)];
        const at = image * to.batch + channel * to.channel + y * to.row + x * to.column;
        output.data[at] = row.weight === 0 ? upper : upper + (lower - upper) * row.weight;
      }),
    );
  }
}

/** DeepLab's Interp: paddings of at most 0 crop; then a size, a second input's size, or shrink and zoom factors. */
function interp(layer: CaffeLayer): ResizeAttrs {
  const message = layer.param('interp_param');
  const { height, width } = imageSize(layer.bottoms[0], 'NCHW');
  const [begin, end] = [-message['pad_beg'], -message['pad_end']];
  if (begin < 0 || end < 0)
    layer.fail(`expected pad_beg and pad_end of at most 0, got ${message['pad_beg']} and ${message['pad_end']}.`);
  const scaled = (size: number): number => {
    const cropped = size - begin - end;
    const shrunk = Math.floor((cropped - 1) / message['shrink_factor']) + 1;
    return shrunk + (shrunk - 1) * (message['zoom_factor'] - 1);
  };
  const stated: Pair = [message['height'], message['width']];
  const other = layer.bottoms[1] === undefined ? undefined : imageSize(layer.bottoms[1], 'NCHW');
  const size: Pair =
    other !== undefined
      ? [other.height, other.width]
      : stated[0] > 0 || stated[1] > 0
        ? stated
        : [scaled(height), scaled(width)];
  return { size, method: 'bilinear', alignment: 'corners', crop: [begin, begin, end, end], layout: 'NCHW' };
}

/** Upsample by whole factors: nearest neighbour (the YOLO ports); with a second input by its indices (SegNet). */
function upsample(layer: CaffeLayer): ResizeAttrs {
  const message = layer.param('upsample_param');
  const { height, width } = imageSize(layer.bottoms[0], 'NCHW');
  // SegNet's layer has a second input and doubles by default; the YOLO ports' layer keeps the size.
  const byDefault = layer.bottoms.length > 1 ? 2 : 1;
  const scale = layer.has('upsample_param', 'scale') ? message['scale'] : byDefault;
  const factor = (name: string): number => (layer.has('upsample_param', name) ? message[name] : scale);
  const scaled: Pair = [
    height * factor('scale_h') - Number(message['pad_out_h']),
    width * factor('scale_w') - Number(message['pad_out_w']),
  ];
  const size: Pair = [message['upsample_h'] || scaled[0], message['upsample_w'] || scaled[1]];
  return {
    size,
    method: layer.bottoms.length > 1 ? 'unpool' : 'nearest',
    alignment: 'origin',
    crop: [0, 0, 0, 0],
    layout: 'NCHW',
  };
}

/** Each element at its index in the plane, the last one of several; 0 elsewhere. */
function unpool(inputs: readonly Tensor<any>[], output: Tensor<any>): void {
  const [input, indices] = atLeast(inputs, 2);
  const [from, to] = [imageSize(input.shape, 'NCHW'), imageSize(output.shape, 'NCHW')];
  const [fromPixels, toPixels] = [from.height * from.width, to.height * to.width];
  output.data.fill(0);
  input.data.forEach((value: number, at: number) => {
    const index = indices.data[at];
    if (index >= 0 && index < toPixels) output.data[Math.floor(at / fromPixels) * toPixels + index] = value;
  });
}

function readTensorFlow(node: TensorFlowNode): TensorFlowReading<ResizeAttrs> | undefined {
  const size = constantList(node, 1);
  if (size === undefined) return undefined;
  const alignment =
    node.attr('align_corners') === true
      ? 'corners'
      : node.attr('half_pixel_centers') === true
        ? 'half-pixel'
        : 'origin';
  const method = node.type === 'ResizeBilinear' ? 'bilinear' : 'nearest';
  return {
    attrs: { size: [sizeAlong(size, 0), sizeAlong(size, 1)], method, alignment, crop: [0, 0, 0, 0], layout: 'NHWC' },
    inputs: [0],
    params: [],
  };
}

/**
 * Another height and width: nearest neighbour, which moves elements only, or bilinear or by the indices of a pooling (a
 * second input), host layers. Interp's second input gives its size alone, which the attributes hold.
 */
export const resize: Op<ResizeAttrs> = {
  name: 'resize',
  reads: ({ method }) => (method === 'unpool' ? 2 : 1),
  caffe: {
    types: ['Interp', 'Upsample'],
    attributes: (layer) => (layer.type === 'Interp' ? interp(layer) : upsample(layer)),
  },
  tensorflow: { types: ['ResizeBilinear', 'ResizeNearestNeighbor'], read: readTensorFlow },
  shape({ size, crop, layout, method }, inputs): readonly Shape[] {
    const shapes = expectInputs(inputs, 1, 2);
    if (method === 'unpool') expectSameShapes(shapes);
    for (const extent of size) expectInteger('output sizes', extent, 1);
    const from = imageSize(shapes[0], layout);
    if (crop[0] + crop[2] >= from.height || crop[1] + crop[3] >= from.width) {
      fail(
        'model',
        '',
        `expected some input to remain, got ${from.height}x${from.width} cropped by ${crop.join(', ')}.`,
      );
    }
    return [imageShape({ ...from, height: size[0], width: size[1] }, layout)];
  },
  rule: ({ attrs }) => (attrs.method === 'nearest' ? { kind: 'shape' } : { kind: 'host' }),
  reference({ attrs }, inputs, outputs) {
    const output = first(outputs);
    if (attrs.method === 'unpool') unpool(inputs, output);
    else resample(attrs, first(inputs), output);
  },
};
