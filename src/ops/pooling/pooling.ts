import { fail } from '../../error.js';
import { CODES } from '../../fixed/grid.js';
import { lowerAveragePoolCodes, lowerAveragePoolF32, lowerMaxPool, lowerPoolSums } from '../../kernels/pooling.js';
import type { Tensor } from '../../tensor.js';
import type { CaffeLayer, Op, TensorFlowNode, TensorFlowReading } from '../op.js';
import { expectInputs } from '../support/axes.js';
import { atLeast, first } from '../support/operands.js';
import {
  caffePair,
  evenPadding,
  expectPadded,
  expectWindow,
  farPad,
  imageShape,
  imageSize,
  imageStrides,
} from '../support/spatial.js';
import {
  constantList,
  dataFormat,
  droppedAxes,
  expectSpatial,
  reductionAxes,
  spatialPair,
  tensorFlowWindow,
} from '../support/tensorflow.js';
import { clippedWindows, type PoolingAttrs, poolGeometry, poolingWindows, windowCounts } from './windows.js';

export type { PoolingAttrs } from './windows.js';

function caffeAttributes(layer: CaffeLayer): PoolingAttrs {
  const field = 'pooling_param';
  const message = layer.param(field);
  const operations: Record<string, 'max' | 'average'> = { MAX: 'max', AVE: 'average' };
  const operation = operations[message['pool']] ?? layer.fail(`expected pool MAX or AVE, got ${message['pool']}.`);
  const indices = layer.topCount > 1;
  if (indices && operation !== 'max') layer.fail(`expected 1 top with AVE, got ${layer.topCount}.`);
  if (message['axis'] !== 1) layer.fail(`expected axis 1, got ${message['axis']}.`);
  const ceil = message['round_mode'] !== 'FLOOR' && message['ceil_mode'] && !message['torch_pooling'];
  const count = message['avg_include_pad'] ? 'padded' : 'valid';
  const common = { operation, count, ceil, indices, layout: 'NCHW' } as const;
  const stride = caffePair(layer, field, 'stride', 1);
  const pad = evenPadding(caffePair(layer, field, 'pad', 0));
  if (!message['global_pooling']) return { ...common, kernel: caffePair(layer, field, 'kernel'), stride, pad };
  const plain = pad.every((size) => size === 0) && stride.every((size) => size === 1);
  if (!plain) layer.fail('expected global_pooling with pad 0 and stride 1, got others.');
  const { height, width } = imageSize(layer.bottoms[0], 'NCHW');
  return { ...common, kernel: [height, width], stride, pad };
}

function readPooling(node: TensorFlowNode): TensorFlowReading<PoolingAttrs> | undefined {
  const late = node.type === 'MaxPoolV2';
  const sizes = late ? constantList(node, 1) : (node.attr('ksize') as readonly number[]);
  const steps = late ? constantList(node, 2) : (node.attr('strides') as readonly number[]);
  if (sizes === undefined || steps === undefined) return undefined;
  const layout = dataFormat(node);
  expectSpatial(node, 'ksize', sizes, layout);
  const kernel = spatialPair(sizes, layout);
  const { height, width } = imageSize(node.inputShape(0), layout);
  const { stride, pad } = tensorFlowWindow(node, kernel, [height, width], steps);
  const operation = node.type === 'AvgPool' ? 'average' : 'max';
  return { attrs: { operation, kernel, stride, pad, count: 'valid', ceil: false, layout }, inputs: [0], params: [] };
}

/** The mean over height and width is a global pooling; over other axes it is the `reduce` op's. */
function readMean(node: TensorFlowNode): TensorFlowReading<PoolingAttrs> | undefined {
  const axes = reductionAxes(node);
  const layout = axes?.join() === '1,2' ? 'NHWC' : 'NCHW';
  if (
    node.inputShape(0).length !== 4 ||
    !(axes?.join() === '1,2' || axes?.join() === '2,3') ||
    node.inputLayout(0) !== layout
  )
    return undefined;
  const { height, width } = imageSize(node.inputShape(0), layout);
  const attrs = {
    operation: 'average',
    kernel: [height, width],
    stride: [1, 1],
    pad: [0, 0, 0, 0],
    count: 'valid',
    ceil: false,
    layout,
  } as const;
  const reshape = droppedAxes(node, axes);
  return { attrs, inputs: [0], params: [], ...(reshape === undefined ? {} : { reshape }) };
}

function outputSize({ kernel, stride, pad, ceil }: PoolingAttrs, axis: 0 | 1, size: number): number {
  const before = pad[axis];
  const padded = size + before + farPad(pad, axis);
  const steps = (padded - kernel[axis]) / stride[axis];
  const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // Rounding up, a window that is a little larger than the padded input still counts: Caffe clips it.
  if (count < 1) fail('model', '', `expected a kernel within the padded input, got ${kernel[axis]} over ${padded}.`);
  const isPadded = pad.some((count) => count !== 0);
  return isPadded && (count - 1) * stride[axis] >= size + before ? count - 1 : count;
}

type Reduce = { start: number; add(value: number, x: number): number; finish(value: number, count: number): number };

const largest: Reduce = { start: -Infinity, add: Math.max, finish: (value) => value };
const mean: Reduce = { start: 0, add: (value, x) => value + x, finish: (sum, count) => sum / count };

/** Reduces every window of every channel. Elements of a window go row by row. */
function pool(attrs: PoolingAttrs, input: Tensor<any>, output: Tensor<any>, reduce: Reduce): void {
  const size = imageSize(input.shape, attrs.layout);
  const [from, to] = [
    imageStrides(size, attrs.layout),
    imageStrides(imageSize(output.shape, attrs.layout), attrs.layout),
  ];
  const { rows, columns } = poolingWindows(attrs, input.shape, output.shape);
  for (let channel = 0; channel < size.channels; channel++) {
    rows.forEach((row, y) =>
      columns.forEach((column, x) => {
        let value = reduce.start;
        for (let v = row.from; v < row.to; v++) {
          for (let u = column.from; u < column.to; u++)
            value = reduce.add(value, input.data[channel * from.channel + v * from.row + u * from.column]);
        }
        output.data[channel * to.channel + y * to.row + x * to.column] = reduce.finish(value, row.count * column.count);
      }),
    );
  }
}

/** The index in its plane of the largest element of every window, the first of equal ones. */
function findLargest(attrs: PoolingAttrs, input: Tensor<any>, indices: Tensor<any>): void {
  const { channels, height, width } = imageSize(input.shape, 'NCHW');
  const { rows, columns } = poolingWindows(attrs, input.shape, indices.shape);
  let to = 0;
  for (let plane = 0; plane < channels; plane++) {
    for (const row of rows)
      for (const column of columns) {
        let best = row.from * width + column.from;
        for (let y = row.from; y < row.to; y++) {
          for (let x = column.from; x < column.to; x++) {
            if (input.data[plane * height * width + y * width + x] > input.data[plane * height * width + best])
              best = y * width + x;
          }
        }
        indices.data[to++] = best;
      }
  }
}

/**
 * The largest or the mean element of each window. Caffe's output size rounds up, less the last window where it would
 * begin in the padding; padding is never the largest element and counts as 0 in a mean. With indices it is a host layer.
 */
export const pooling: Op<PoolingAttrs> = {
  name: 'pooling',
  caffe: { types: ['Pooling'], attributes: caffeAttributes },
  tensorflow: {
    types: ['MaxPool', 'MaxPoolV2', 'AvgPool', 'Mean'],
    read: (node) => (node.type === 'Mean' ? readMean(node) : readPooling(node)),
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const { kernel, stride, pad, layout } = attrs;
    expectWindow(kernel, stride, pad);
    for (const [side, size] of pad.entries()) {
      const limit = side % 2 === 0 ? kernel[0] : kernel[1];
      if (size >= limit) fail('model', '', `expected a pad below the kernel's ${limit}, got ${size}.`);
    }
    const from = imageSize(input, layout);
    if (from.batch !== 1) fail('model', '', `expected a batch of 1, got ${from.batch}.`);
    const [height, width] = [outputSize(attrs, 0, from.height), outputSize(attrs, 1, from.width)];
    expectPadded(from.channels, from.height + pad[0] + pad[2], from.width + pad[1] + pad[3]);
    if (Math.max(height, width) > 2 ** 24)
      fail('model', '', `expected an output of at most 2^24 rows and columns, got ${height}x${width}.`);
    const shape = imageShape({ batch: from.batch, channels: from.channels, height, width }, layout);
    // The first window meets it, for the pad is below the kernel.
    if ((height - 1) * stride[0] - pad[0] >= from.height || (width - 1) * stride[1] - pad[1] >= from.width) {
      fail(
        'model',
        '',
        `expected every window to meet the input, got kernel ${kernel.join('x')} and stride ${stride.join('x')} over ${from.height}x${from.width}.`,
      );
    }
    return attrs.indices === true ? [shape, shape] : [shape];
  },
  rule({ attrs }, shapes) {
    if (attrs.indices === true) return { kind: 'host' };
    const area = attrs.kernel[0] * attrs.kernel[1];
    const clipped = clippedWindows(attrs, shapes);
    return { kind: 'pool', operation: attrs.operation, area, clipped };
  },
  reference({ attrs }, inputs, outputs) {
    const [input, [output, indices]] = [first(inputs), atLeast(outputs, 1)];
    if (indices !== undefined) findLargest(attrs, input, indices);
    pool(attrs, input, output, attrs.operation === 'max' ? largest : mean);
  },
  lower({ attrs }, shapes, fused) {
    if (fused !== undefined || attrs.indices === true) return undefined;
    const geometry = poolGeometry(attrs, shapes);
    return attrs.operation === 'max'
      ? lowerMaxPool(geometry, 'f32')
      : lowerAveragePoolF32(geometry, windowCounts(attrs, shapes));
  },
  lowerCodes({ attrs }, shapes, bits) {
    const geometry = poolGeometry(attrs, shapes);
    return attrs.operation === 'max'
      ? lowerMaxPool(geometry, CODES[bits].element)
      : lowerAveragePoolCodes(geometry, windowCounts(attrs, shapes), bits);
  },
  geometry({ attrs }, shapes) {
    const { channels, pad, ...geometry } = poolGeometry(attrs, shapes);
    const dilation = [1, 1] as const;
    return { ...geometry, inChannels: channels, outChannels: channels, group: channels, pad: [...pad, 0, 0], dilation };
  },
  lowerSums: ({ attrs }, shapes, bits) => lowerPoolSums(poolGeometry(attrs, shapes), bits),
};
