import { fail } from '../../error.js';
import { accumulateConvolution } from '../../kernels/accumulate.js';
import { lowerConvolutionF32 } from '../../kernels/convolution.js';
import type { ConvolutionGeometry } from '../../kernels/geometry.js';
import type { Layout, Shape, Tensor } from '../../tensor.js';
import type { Affine, CaffeLayer, NodeShapes, Op, OpNode } from '../op.js';
import { expectInputs, expectInteger } from '../support/axes.js';
import { convolutionTaps, convolve } from '../support/convolve.js';
import {
  caffePair,
  evenPadding,
  expectPadded,
  expectWindow,
  imageShape,
  imageSize,
  type Padding,
  type Pair,
  repeatedPair,
} from '../support/spatial.js';
import { readConvolution } from './tensorflow.js';

export type ConvolutionAttrs = {
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly pad: Padding;
  readonly dilation: Pair;
  readonly group: number;
  readonly bias: boolean;
  readonly layout: Layout;
};

/** A Caffe convolution_param; forks' depthwise layers imply a group per channel. */
export function caffeConvolution(layer: CaffeLayer): ConvolutionAttrs {
  const field = 'convolution_param';
  const message = layer.param(field);
  if (message['axis'] !== 1) layer.fail(`expected axis 1, got ${message['axis']}.`);
  return {
    outChannels: message['num_output'],
    kernel: caffePair(layer, field, 'kernel'),
    stride: caffePair(layer, field, 'stride', 1),
    pad: evenPadding(caffePair(layer, field, 'pad', 0)),
    dilation: repeatedPair(layer, 'dilation', message['dilation'], 1),
    group: message['group'],
    bias: message['bias_term'],
    layout: 'NCHW',
  };
}

function depthwise(layer: CaffeLayer): ConvolutionAttrs {
  const attrs = caffeConvolution(layer);
  return layer.has('convolution_param', 'group') ? attrs : { ...attrs, group: layer.bottoms[0]?.[1] ?? 1 };
}

/** Sizes every convolution needs, checked; rejects groups that do not divide. */
export function expectConvolution(attrs: ConvolutionAttrs, channels: number, batch: number, leastPad = 0): void {
  expectWindow(attrs.kernel, attrs.stride, attrs.pad, leastPad);
  attrs.dilation.forEach((size) => expectInteger('dilation', size, 1));
  expectInteger('num_output', attrs.outChannels, 1);
  expectInteger('group', attrs.group, 1);
  if (batch !== 1) fail('model', '', `expected a batch of 1, got ${batch}.`);
  for (const [what, count] of [
    ['input channels', channels],
    ['output channels', attrs.outChannels],
  ] as const) {
    if (count % attrs.group !== 0)
      fail('model', '', `expected a group that divides ${count} ${what}, got ${attrs.group}.`);
  }
}

const paddedSize = (pad: Padding, axis: 0 | 1, size: number): number => size + pad[axis] + pad[axis + 2]!;

/** Output size along an axis; throws where the kernel does not fit the padded input. */
function outputSize({ kernel, stride, pad, dilation }: ConvolutionAttrs, axis: 0 | 1, size: number): number {
  const reach = (kernel[axis] - 1) * dilation[axis] + 1;
  const padded = paddedSize(pad, axis, size);
  if (reach > padded)
    fail(
      'model',
      '',
      `expected a kernel within the padded input, got ${reach} over ${padded} ${axis === 0 ? 'rows' : 'columns'}.`,
    );
  return Math.floor((padded - reach) / stride[axis]) + 1;
}

export function convolutionGeometry(attrs: ConvolutionAttrs, input: Shape, output: Shape): ConvolutionGeometry {
  const from = imageSize(input, attrs.layout);
  const to = imageSize(output, attrs.layout);
  return { ...attrs, inChannels: from.channels, input: [from.height, from.width], output: [to.height, to.width] };
}

const geometryOf = (node: OpNode<ConvolutionAttrs>, { inputs, outputs }: NodeShapes): ConvolutionGeometry =>
  convolutionGeometry(node.attrs, inputs[0]!, outputs[0]!);

/** Rows scaled by their output channel, in double, rounded once; the bias follows. */
export function scaleRows(
  rows: Float32Array,
  bias: Float32Array | undefined,
  { scale, shift }: Affine,
): { rows: Float32Array; bias: Float32Array } {
  const depth = rows.length / scale.length;
  return {
    rows: rows.map((weight, index) => weight * scale[Math.floor(index / depth)]!),
    bias: Float32Array.from(shift, (value, c) => (bias?.[c] ?? 0) * scale[c]! + value),
  };
}

/** Columns scaled by their input channel, in double, rounded once; the shifts, through the weights, join the bias. */
export function scaleColumns(
  rows: Float32Array,
  bias: Float32Array | undefined,
  count: number,
  channelOf: (row: number, k: number) => number,
  { scale, shift }: Affine,
): { rows: Float32Array; bias: Float32Array } {
  const depth = rows.length / count;
  const sums = Float64Array.from({ length: count }, (_, row) => bias?.[row] ?? 0);
  const scaled = rows.map((weight, index) => {
    const row = Math.floor(index / depth);
    const channel = channelOf(row, index % depth);
    sums[row] = sums[row]! + weight * shift[channel]!;
    return weight * scale[channel]!;
  });
  return { rows: scaled, bias: Float32Array.from(sums) };
}

function withParams(
  node: OpNode<ConvolutionAttrs>,
  { rows, bias }: { rows: Float32Array; bias: Float32Array },
): OpNode<ConvolutionAttrs> {
  const params: Tensor[] = [
    { shape: node.params[0]!.shape, data: rows },
    { shape: [bias.length], data: bias },
  ];
  return { ...node, attrs: { ...node.attrs, bias: true }, params };
}

/** The affine before it reaches the padding only where it keeps 0. */
function absorbInput(node: OpNode<ConvolutionAttrs>, affine: Affine): OpNode<ConvolutionAttrs> | undefined {
  const { pad, group, outChannels, kernel } = node.attrs;
  if (pad.some((size) => size !== 0) && affine.shift.some((shift) => shift !== 0)) return undefined;
  const perGroup = affine.scale.length / group;
  const channelOf = (row: number, k: number): number =>
    Math.floor(row / (outChannels / group)) * perGroup + Math.floor(k / (kernel[0] * kernel[1]));
  return withParams(node, scaleColumns(node.params[0]!.data, node.params[1]?.data, outChannels, channelOf, affine));
}

/**
 * Convolution: groups, depthwise, dilation, rectangular windows, padding of zeros. Weights OIHW with the group's
 * inputs only. Output size `floor((in + pad - reach) / stride) + 1`.
 */
export const convolution: Op<ConvolutionAttrs> = {
  name: 'convolution',
  caffe: {
    types: ['Convolution', 'DepthwiseConvolution', 'ConvolutionDepthwise'],
    attributes: (layer) => (layer.type === 'Convolution' ? caffeConvolution(layer) : depthwise(layer)),
  },
  tensorflow: { types: ['Conv2D', 'DepthwiseConv2dNative'], read: readConvolution },
  params({ outChannels, group, kernel, bias, layout }, inputs) {
    const depth = imageSize(inputs[0]!, layout).channels / group;
    const weights = {
      role: 'weights',
      shape: [outChannels, depth, ...kernel],
      seed: { he: depth * kernel[0] * kernel[1] },
    };
    return bias ? [weights, { role: 'bias', shape: [outChannels], seed: 0 }] : [weights];
  },
  shape(attrs, inputs) {
    expectInputs(inputs, 1);
    const from = imageSize(inputs[0]!, attrs.layout);
    expectConvolution(attrs, from.channels, from.batch);
    const [height, width] = [outputSize(attrs, 0, from.height), outputSize(attrs, 1, from.width)];
    expectPadded(from.channels, paddedSize(attrs.pad, 0, from.height), paddedSize(attrs.pad, 1, from.width));
    return [imageShape({ batch: from.batch, channels: attrs.outChannels, height, width }, attrs.layout)];
  },
  rule: ({ attrs }) => ({ kind: 'weighted', entry: 'always', channels: attrs.outChannels, form: 'Convolution' }),
  reference({ attrs, params }, [input], [output]) {
    const geometry = convolutionGeometry(attrs, input!.shape, output!.shape);
    convolve(geometry, convolutionTaps(geometry), input!.data, params[0]!.data, params[1]?.data, output!.data);
  },
  lower: (node, shapes, fused, order) =>
    lowerConvolutionF32(geometryOf(node, shapes), node.params[0]!.data, node.params[1]?.data ?? null, fused, order),
  accumulate: (node, shapes, weightCodes, bits) => accumulateConvolution(geometryOf(node, shapes), weightCodes, bits),
  macs(node, shapes) {
    const { output, outChannels, inChannels, group, kernel } = geometryOf(node, shapes);
    return output[0] * output[1] * outChannels * (inChannels / group) * kernel[0] * kernel[1];
  },
  absorbAffine(node, affine, side) {
    if (side === 'input') return absorbInput(node, affine);
    return withParams(node, scaleRows(node.params[0]!.data, node.params[1]?.data, affine));
  },
};
