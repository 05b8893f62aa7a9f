import { fail } from '../../error.js';
import { accumulateConvolution } from '../../kernels/accumulate.js';
import { lowerConvolutionF32 } from '../../kernels/convolution.js';
import type { Affine, CaffeLayer, Op, OpNode } from '../op.js';
import { type RowsAndBias, scaleColumns, scaleRows } from '../support/absorb.js';
import { expectInputs } from '../support/axes.js';
import { convolutionTaps, convolve, patchesOf } from '../support/convolve.js';
import { first, oneToOne, weightsAndBias } from '../support/operands.js';
import { expectPadded, farPad, imageShape, imageSize, type Padding } from '../support/spatial.js';
import {
  type ConvolutionAttrs,
  caffeConvolution,
  convolutionGeometry,
  expectConvolution,
  geometryOf,
} from './attributes.js';
import { readConvolution } from './tensorflow.js';

/** Layers of Caffe forks for depthwise convolution: without a stated group, one for each channel. */
function depthwise(layer: CaffeLayer): ConvolutionAttrs {
  const attrs = caffeConvolution(layer);
  return layer.has('convolution_param', 'group') ? attrs : { ...attrs, group: layer.bottoms[0]?.[1] ?? 1 };
}

const paddedSize = (pad: Padding, axis: 0 | 1, size: number): number => size + pad[axis] + farPad(pad, axis);

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

function withParams(node: OpNode<ConvolutionAttrs>, { rows, bias }: RowsAndBias): OpNode<ConvolutionAttrs> {
  const params = [
    { shape: first(node.params).shape, data: rows },
    { shape: [bias.length], data: bias },
  ];
  return { ...node, attrs: { ...node.attrs, bias: true }, params };
}

/** Takes in a map of the input. Padding is 0 after the map, so that a shift is taken in without padding only. */
function absorbInput(node: OpNode<ConvolutionAttrs>, affine: Affine): OpNode<ConvolutionAttrs> | undefined {
  const { pad, group, outChannels, kernel } = node.attrs;
  if (pad.some((size) => size !== 0) && affine.shift.some((shift) => shift !== 0)) return undefined;
  const perGroup = affine.scale.length / group;
  const channelOf = (row: number, k: number): number =>
    Math.floor(row / (outChannels / group)) * perGroup + Math.floor(k / (kernel[0] * kernel[1]));
  const { weights, bias } = weightsAndBias(node);
  return withParams(node, scaleColumns(weights.data, bias, outChannels, channelOf, affine));
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
    const [input] = expectInputs(inputs, 1);
    const depth = imageSize(input, layout).channels / group;
    const weights = {
      role: 'weights',
      shape: [outChannels, depth, ...kernel],
      seed: { he: depth * kernel[0] * kernel[1] },
    };
    return bias ? [weights, { role: 'bias', shape: [outChannels], seed: 0 }] : [weights];
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const from = imageSize(input, attrs.layout);
    expectConvolution(attrs, from.channels, from.batch);
    const [height, width] = [outputSize(attrs, 0, from.height), outputSize(attrs, 1, from.width)];
    expectPadded(from.channels, paddedSize(attrs.pad, 0, from.height), paddedSize(attrs.pad, 1, from.width));
    return [imageShape({ batch: from.batch, channels: attrs.outChannels, height, width }, attrs.layout)];
  },
  rule: ({ attrs }) => ({ kind: 'weighted', entry: 'always', channels: attrs.outChannels, form: 'Convolution' }),
  reference: oneToOne((node, input, output) => {
    const geometry = convolutionGeometry(node.attrs, input.shape, output.shape);
    const { weights, bias } = weightsAndBias(node);
    convolve(geometry, convolutionTaps(geometry), { input: input.data, weights: weights.data, bias }, output.data);
  }),
  lower(node, shapes, fused, algorithm) {
    const { weights, bias } = weightsAndBias(node);
    return lowerConvolutionF32(geometryOf(node, shapes), weights.data, bias, fused, algorithm);
  },
  accumulate: (node, shapes, weightCodes, bits) => accumulateConvolution(geometryOf(node, shapes), weightCodes, bits),
  patches(node, shapes) {
    const geometry = geometryOf(node, shapes);
    return patchesOf(geometry, convolutionTaps(geometry));
  },
  geometry: geometryOf,
  macs(node, shapes) {
    const { output, outChannels, inChannels, group, kernel } = geometryOf(node, shapes);
    return output[0] * output[1] * outChannels * (inChannels / group) * kernel[0] * kernel[1];
  },
  absorbAffine(node, affine, side) {
    if (side === 'input') return absorbInput(node, affine);
    const { weights, bias } = weightsAndBias(node);
    return withParams(node, scaleRows(weights.data, bias, affine));
  },
};
