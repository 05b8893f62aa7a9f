import { fail } from '../error.js';
import type { Engine } from '../kernels/engine.js';
import type { Lowering } from '../kernels/lowering.js';
import { elements, type Layout, type Shape } from '../tensor.js';
import { expectInputs } from './axes.js';
import { codesAt, plainLowering } from './codes.js';
import type { CaffeLayer, NodeShapes, Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { droppedAxes, reductionAxes } from './reduce.js';
import { caffePair, evenPadding, expectWindow, imageShape, imageSize, imageStrides, type Padding, type Pair } from './spatial.js';
import { constantList, dataFormat, spatialPair, tensorFlowWindow } from './tensorflow.js';

export type PoolingAttrs = {
  readonly operation: 'max' | 'average';
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pad: Padding;
  /** Average: what it divides by: the window clipped to the padded input (Caffe), or to the input (TensorFlow). */
  readonly count: 'padded' | 'valid';
  /** Whether a last window that reaches past the padded input counts. */
  readonly ceil: boolean;
  readonly layout: Layout;
};

/** Along one axis: input elements `from` to `to` (exclusive) of a window, and how many it counts for an average. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function caffeAttributes(layer: CaffeLayer): PoolingAttrs {
  const field = 'pooling_param';
  const message = layer.param(field);
  const operations: Record<string, 'max' | 'average'> = { MAX: 'max', AVE: 'average' };
  const operation = operations[message['pool']] ?? layer.fail(`expected pool MAX or AVE, got ${message['pool']}.`);
  if (layer.topCount > 1) layer.fail(`expected 1 top, got ${layer.topCount}: indices of the largest elements are not supported.`);
  const ceil = message['round_mode'] !== 'FLOOR' && message['ceil_mode'] !== false;
  const common = { operation, count: 'padded', ceil, layout: 'NCHW' } as const;
  const stride = caffePair(layer, field, 'stride', 1);
  const pad = evenPadding(caffePair(layer, field, 'pad', 0));
  if (!message['global_pooling']) return { ...common, kernel: caffePair(layer, field, 'kernel'), stride, pad };
  const plain = pad.every((size) => size === 0) && stride.every((size) => size === 1);
  if (!plain) layer.fail('expected global_pooling with pad 0 and stride 1, got others.');
  const { height, width } = imageSize(layer.bottoms[0]!, 'NCHW');
  return { ...common, kernel: [height, width], stride, pad };
}

function readPooling(node: TensorFlowNode): TensorFlowReading<PoolingAttrs> | undefined {
  const sizes = node.type === 'MaxPoolV2' ? constantList(node, 1) : (node.attr('ksize') as readonly number[]);
  if (sizes === undefined || node.inputCount === 3) return undefined;
  const layout = dataFormat(node);
  const kernel = spatialPair(sizes, layout);
  const { height, width } = imageSize(node.inputShape(0), layout);
  const { stride, pad } = tensorFlowWindow(node, kernel, [height, width]);
  const operation = node.type === 'AvgPool' ? 'average' : 'max';
  return { attrs: { operation, kernel, stride, pad, count: 'valid', ceil: false, layout }, inputs: [0], params: [] };
}

/** The mean over height and width is a global pooling; over other axes it is the `reduce` op's. */
function readMean(node: TensorFlowNode): TensorFlowReading<PoolingAttrs> | undefined {
  const axes = reductionAxes(node);
  const layout = axes?.join() === '1,2' ? 'NHWC' : 'NCHW';
  if (node.inputShape(0).length !== 4 || !(axes?.join() === '1,2' || axes?.join() === '2,3') || node.inputLayout(0) !== layout) return undefined;
  const { height, width } = imageSize(node.inputShape(0), layout);
  const attrs = { operation: 'average', kernel: [height, width], stride: [1, 1], pad: [0, 0, 0, 0], count: 'valid', ceil: false, layout } as const;
  const reshape = droppedAxes(node, axes);
  return { attrs, inputs: [0], params: [], ...(reshape === undefined ? {} : { reshape }) };
}

function outputSize({ kernel, stride, pad, ceil }: PoolingAttrs, axis: 0 | 1, size: number): number {
  const before = pad[axis];
  const steps = (size + before + pad[axis + 2]! - kernel[axis]) / stride[axis];
  if (steps < 0) fail('model', '', `expected a kernel within the padded input, got ${kernel[axis]} over ${size + before + pad[axis + 2]!}.`);
  const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  const padded = pad.some((one) => one !== 0);
  return padded && (count - 1) * stride[axis] >= size + before ? count - 1 : count;
}

function spans({ kernel, stride, pad, count }: PoolingAttrs, axis: 0 | 1, size: number, outputs: number): Span[] {
  return Array.from({ length: outputs }, (_, out) => {
    const start = out * stride[axis] - pad[axis];
    const end = Math.min(start + kernel[axis], size + pad[axis + 2]!);
    const [from, to] = [Math.max(start, 0), Math.min(end, size)];
    return { from, to, count: count === 'padded' ? end - start : to - from };
  });
}

interface Windows {
  readonly rows: readonly Span[];
  readonly columns: readonly Span[];
}

function windows(attrs: PoolingAttrs, input: Shape, output: Shape): Windows {
  const [from, to] = [imageSize(input, attrs.layout), imageSize(output, attrs.layout)];
  return { rows: spans(attrs, 0, from.height, to.height), columns: spans(attrs, 1, from.width, to.width) };
}

type Reduce = { start: number; add(value: number, x: number): number; finish(value: number, count: number): number };

const largest: Reduce = { start: -Infinity, add: (value, x) => (x > value || x !== x ? x : value), finish: (value) => value };
const mean: Reduce = { start: 0, add: (value, x) => value + x, finish: (sum, count) => sum / count };
const sum: Reduce = { ...mean, finish: (value) => value };
const meanOfCodes: Reduce = { ...mean, finish: divideHalfEven };

/** `sum / count` of integers rounded half to even, as an exact fraction; |sum| below 2^52. */
export function divideHalfEven(sum: number, count: number): number {
  const quotient = Math.floor(sum / count);
  const twice = 2 * (sum - quotient * count);
  return twice > count || (twice === count && quotient % 2 !== 0) ? quotient + 1 : quotient;
}

type Numbers = { readonly length: number; [index: number]: number };

/** Reduces every window of every channel. Elements of a window go row by row. */
function pool(attrs: PoolingAttrs, inputShape: Shape, outputShape: Shape, input: Numbers, output: Numbers, reduce: Reduce): void {
  const size = imageSize(inputShape, attrs.layout);
  const to = imageStrides(imageSize(outputShape, attrs.layout), attrs.layout);
  const from = imageStrides(size, attrs.layout);
  const { rows, columns } = windows(attrs, inputShape, outputShape);
  for (let plane = 0; plane < size.batch * size.channels; plane++) {
    const [image, channel] = [Math.floor(plane / size.channels), plane % size.channels];
    const base = image * from.batch + channel * from.channel;
    const target = image * to.batch + channel * to.channel;
    rows.forEach((row, y) => columns.forEach((column, x) => {
      output[target + y * to.row + x * to.column] = reduce.finish(reduceWindow(base, row, column), row.count * column.count);
    }));
  }

  function reduceWindow(base: number, row: Span, column: Span): number {
    let value = reduce.start;
    for (let y = row.from; y < row.to; y++) {
      for (let x = column.from; x < column.to; x++) value = reduce.add(value, input[base + y * from.row + x * from.column]!);
    }
    return value;
  }
}

function lowerPlain(node: OpNode<PoolingAttrs>, shapes: NodeShapes, bits: number, reduce: Reduce, view: (engine: Engine, at: number, count: number) => Numbers): Lowering {
  const [input, output] = [shapes.inputs[0]!, shapes.outputs[0]!];
  return plainLowering((engine, at) => {
    const codes = codesAt(engine, at.inputs[0]!, elements(input), bits);
    pool(node.attrs, input, output, codes, view(engine, at.outputs[0]!, elements(output)), reduce);
  });
}

/**
 * The largest or the mean element of each window. Caffe's output size rounds up, less the last window where it would
 * begin in the padding; padding is never the largest element and counts as 0 in a mean.
 */
export const pooling: Op<PoolingAttrs> = {
  name: 'pooling',
  caffe: { types: ['Pooling'], attributes: caffeAttributes },
  tensorflow: { types: ['MaxPool', 'MaxPoolV2', 'AvgPool', 'Mean'], read: (node) => (node.type === 'Mean' ? readMean(node) : readPooling(node)) },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    const { kernel, stride, pad, layout } = attrs;
    expectWindow(kernel, stride, pad);
    pad.forEach((size, side) => {
      if (size >= kernel[side % 2]!) fail('model', '', `expected a pad below the kernel's ${kernel[side % 2]}, got ${size}.`);
    });
    const from = imageSize(inputs[0]!, layout);
    const [height, width] = [outputSize(attrs, 0, from.height), outputSize(attrs, 1, from.width)];
    const shape = imageShape({ batch: from.batch, channels: from.channels, height, width }, layout);
    const { rows, columns } = windows(attrs, inputs[0]!, shape);
    if ([...rows, ...columns].some((span) => span.to <= span.from)) {
      fail('model', '', `expected every window to meet the input, got kernel ${kernel.join('x')} and stride ${stride.join('x')} over ${from.height}x${from.width}.`);
    }
    return [shape];
  },
  rule({ attrs }, { inputs, outputs }) {
    const area = attrs.kernel[0] * attrs.kernel[1];
    const { rows, columns } = windows(attrs, inputs[0]!, outputs[0]!);
    const clipped = rows.some((row) => row.count !== attrs.kernel[0]) || columns.some((column) => column.count !== attrs.kernel[1]);
    return { kind: 'pool', operation: attrs.operation, area, clipped };
  },
  reference({ attrs }, [input], [output]) {
    pool(attrs, input!.shape, output!.shape, input!.data, output!.data, attrs.operation === 'max' ? largest : mean);
  },
  lowerCodes(node, shapes, bits) {
    const reduce = node.attrs.operation === 'max' ? largest : meanOfCodes;
    return lowerPlain(node, shapes, bits, reduce, (engine, at, count) => codesAt(engine, at, count, bits));
  },
  lowerSums: (node, shapes, bits) => lowerPlain(node, shapes, bits, sum, (engine, at, count) => engine.heap.i32(at, count)),
};
