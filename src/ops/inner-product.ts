import { lowerConvolutionF32 } from '../kernels/convolution.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import { accumulateInnerProduct, lowerInnerProductF32 } from '../kernels/inner-product.js';
import { channelAxis, elements, type Layout, type Shape } from '../tensor.js';
import type { Affine, NodeShapes, Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { scaleColumns, scaleRows } from './support/absorb.js';
import { expectInputs, expectInteger, resolveAxis, sizeAlong } from './support/axes.js';
import { first, oneToOne, weightsAndBias } from './support/operands.js';
import { reordered } from './support/reorder.js';
import { constantTensor } from './support/tensorflow.js';

export type InnerProductAttrs = {
  readonly outChannels: number;
  /** Axes from here on are flattened, row-major, into the dot product; those before it stay. */
  readonly axis: number;
  /** Weights are [k][output channel] instead of [output channel][k]. */
  readonly transpose: boolean;
  readonly bias: boolean;
};

/** `rows` dot products of `depth` elements for each of `count` outputs. */
interface Sizes {
  readonly rows: number;
  readonly depth: number;
  readonly count: number;
}

function sizes({ axis, outChannels }: InnerProductAttrs, input: Shape): Sizes {
  const at = resolveAxis(axis, input.length);
  return { rows: elements(input.slice(0, at)), depth: elements(input.slice(at)), count: outChannels };
}

/** The weights as [output channel][k]. */
function rowsOf(node: OpNode<InnerProductAttrs>): Float32Array {
  const { outChannels, transpose } = node.attrs;
  const { data } = weightsAndBias(node).weights;
  return transpose ? reordered({ shape: [data.length / outChannels, outChannels], data }, [1, 0]).data : data;
}

/** Several rows are the pixels of a 1 x 1 convolution. */
function asPointwise({ rows, depth, count }: Sizes): ConvolutionGeometry {
  return {
    inChannels: depth,
    outChannels: count,
    group: 1,
    kernel: [1, 1],
    stride: [1, 1],
    pad: [0, 0, 0, 0],
    dilation: [1, 1],
    input: [rows, 1],
    output: [rows, 1],
    layout: 'NHWC',
  };
}

/** The channel of each k when one image of this shape is flattened whole; undefined if it is not. */
function channelOfInput(
  { axis }: InnerProductAttrs,
  input: Shape,
  layout: Layout,
): ((k: number) => number) | undefined {
  if (resolveAxis(axis, input.length) !== 1) return undefined;
  const inner = elements(input.slice(channelAxis(input.length, layout) + 1));
  const channels = sizeAlong(input, channelAxis(input.length, layout));
  return (k) => Math.floor(k / inner) % channels;
}

function absorb(
  node: OpNode<InnerProductAttrs>,
  affine: Affine,
  side: 'input' | 'output',
  { inputs, layout }: NodeShapes,
): OpNode<InnerProductAttrs> | undefined {
  const rows = rowsOf(node);
  const { outChannels } = node.attrs;
  const channelOf = channelOfInput(node.attrs, first(inputs), layout);
  if (channelOf === undefined) return undefined;
  const { bias } = weightsAndBias(node);
  const result =
    side === 'output'
      ? scaleRows(rows, bias, affine)
      : scaleColumns(rows, bias, outChannels, (_, k) => channelOf(k), affine);
  const shape = [outChannels, rows.length / outChannels];
  const params = [
    { shape, data: result.rows },
    { shape: [outChannels], data: result.bias },
  ];
  return { ...node, attrs: { ...node.attrs, transpose: false, bias: true }, params };
}

/** A product with a constant matrix on the right. */
function readTensorFlow(node: TensorFlowNode): TensorFlowReading<InnerProductAttrs> | undefined {
  const weights = constantTensor(node, 1);
  const rank = node.inputShape(0).length;
  if (
    weights === undefined ||
    weights.shape.length !== 2 ||
    rank < 2 ||
    node.attr('transpose_a') === true ||
    node.attr('adj_x') === true
  )
    return undefined;
  const rows = node.attr('transpose_b') === true || node.attr('adj_y') === true;
  const stored = rows ? weights : reordered(weights, [1, 0]);
  const depth = sizeAlong(node.inputShape(0), rank - 1);
  if (stored.shape[1] !== depth) node.fail(`expected a matrix for ${depth} inputs, got one for ${stored.shape[1]}.`);
  return {
    attrs: { outChannels: sizeAlong(stored.shape, 0), axis: rank - 1, transpose: false, bias: false },
    inputs: [0],
    params: [stored],
  };
}

/**
 * Fully connected layer: the input flattened from `axis` on, times each row of weights, plus bias. Several rows at once
 * are no layer of the overlay: a host layer.
 */
export const innerProduct: Op<InnerProductAttrs> = {
  name: 'inner-product',
  caffe: {
    types: ['InnerProduct'],
    attributes(layer) {
      const message = layer.param('inner_product_param');
      return {
        outChannels: message['num_output'],
        axis: message['axis'],
        transpose: message['transpose'],
        bias: message['bias_term'],
      };
    },
  },
  tensorflow: { types: ['MatMul', 'BatchMatMul', 'BatchMatMulV2'], read: readTensorFlow },
  params(attrs, inputs) {
    const { depth, count } = sizes(attrs, first(inputs));
    const weights = { role: 'weights', shape: attrs.transpose ? [depth, count] : [count, depth], seed: { he: depth } };
    return attrs.bias ? [weights, { role: 'bias', shape: [count], seed: 0 }] : [weights];
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    expectInteger('num_output', attrs.outChannels, 1);
    return [[...input.slice(0, resolveAxis(attrs.axis, input.length)), attrs.outChannels]];
  },
  rule({ attrs }, { inputs }) {
    if (sizes(attrs, first(inputs)).rows > 1) return { kind: 'host' };
    return { kind: 'weighted', entry: 'optional', channels: attrs.outChannels, form: 'InnerProduct' };
  },
  reference: oneToOne((node, input, output) => {
    const { rows, depth, count } = sizes(node.attrs, input.shape);
    const [weights, { bias }] = [rowsOf(node), weightsAndBias(node)];
    for (let index = 0; index < rows * count; index++) {
      const [row, channel] = [Math.floor(index / count), index % count];
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum = Math.fround(sum + Math.fround(input.data[row * depth + k]! * weights[channel * depth + k]!));
      output.data[index] = sum + (bias?.[channel] ?? 0);
    }
  }),
  weightRows: rowsOf,
  lower(node, { inputs }, fused) {
    const size = sizes(node.attrs, first(inputs));
    const { bias } = weightsAndBias(node);
    return size.rows === 1
      ? lowerInnerProductF32({ inputs: size.depth, outputs: size.count }, rowsOf(node), bias, fused)
      : lowerConvolutionF32(asPointwise(size), rowsOf(node), bias, fused);
  },
  accumulate(node, { inputs }, weightCodes, bits) {
    const { depth } = sizes(node.attrs, first(inputs));
    return accumulateInnerProduct({ inputs: depth, outputs: weightCodes.length / depth }, weightCodes, bits);
  },
  patches(node, { inputs }) {
    const { depth } = sizes(node.attrs, first(inputs));
    return { groups: 1, channels: depth, channelStep: 1, pixels: 1, taps: () => Int32Array.of(0) };
  },
  geometry: (node, { inputs }) => asPointwise(sizes(node.attrs, first(inputs))),
  macs(node, { inputs }) {
    const { rows, depth, count } = sizes(node.attrs, first(inputs));
    return rows * depth * count;
  },
  absorbAffine: absorb,
};
