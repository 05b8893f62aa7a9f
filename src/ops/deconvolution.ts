import { fail } from '../error.js';
import { accumulateDeconvolution, lowerDeconvolutionF32 } from '../kernels/deconvolution.js';
import {
  type ConvolutionAttrs,
  caffeConvolution,
  convolutionGeometry,
  expectConvolution,
  geometryOf,
} from './convolution/attributes.js';
import { readDeconvolution } from './convolution/tensorflow.js';
import type { Op, OpNode } from './op.js';
import { expectInputs, sizeAlong } from './support/axes.js';
import { convolve, deconvolutionTaps, patchesOf } from './support/convolve.js';
import { oneToOne, weightsAndBias } from './support/operands.js';
import { expectPadded, farPad, imageShape, imageSize } from './support/spatial.js';

function outputSize({ kernel, stride, pad, dilation }: ConvolutionAttrs, axis: 0 | 1, size: number): number {
  const result = (size - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1 - pad[axis] - farPad(pad, axis);
  return result >= 1
    ? result
    : fail(
        'model',
        '',
        `expected an output of at least 1 ${axis === 0 ? 'row' : 'column'}, got ${result}: the padding is too large.`,
      );
}

/** The size of the padded input along an axis in the convolutions of `lowerDeconvolutionF32`: what the outputs of one phase read. */
const paddedSize = ({ kernel, stride, dilation }: ConvolutionAttrs, axis: 0 | 1, output: number): number =>
  Math.ceil((output + (kernel[axis] - 1) * dilation[axis]) / stride[axis]);

/**
 * Weights as [output channel][input channel of the group][row][column], rows and columns from the far end, from the
 * blob's [input channel][output channel of the group][row][column].
 */
function rowsOf(node: OpNode<ConvolutionAttrs>): Float32Array {
  const { group, outChannels, kernel } = node.attrs;
  const { data, shape } = weightsAndBias(node).weights;
  const [outs, ins, taps] = [outChannels / group, sizeAlong(shape, 0) / group, kernel[0] * kernel[1]];
  const rows = new Float32Array(data.length);
  for (let index = 0; index < rows.length; index++) {
    const plane = Math.floor(index / taps);
    const channel = Math.floor(plane / ins);
    const input = Math.floor(channel / outs) * ins + (plane % ins);
    rows[index] = data[(input * outs + (channel % outs)) * taps + (taps - 1 - (index % taps))]!;
  }
  return rows;
}

/** A transposed convolution is planned as one convolution for each offset between strides. */
const MOST_PHASES = 4096;

/**
 * Transposed convolution: every input pixel spreads its products over `kernel` outputs, `stride` apart; `pad` crops
 * the result (negative at the far end: more rows or columns, which get the bias alone). The weight blob keeps
 * Caffe's order, input channel first; sums go in ascending (input channel, input row, input column).
 */
export const deconvolution: Op<ConvolutionAttrs> = {
  name: 'deconvolution',
  caffe: { types: ['Deconvolution'], attributes: caffeConvolution },
  tensorflow: { types: ['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput'], read: readDeconvolution },
  params({ outChannels, group, kernel, bias, layout }, inputs) {
    const [input] = expectInputs(inputs, 1);
    const { channels } = imageSize(input, layout);
    const fanIn = Math.max(1, (channels / group) * kernel[0] * kernel[1]);
    const weights = { role: 'weights', shape: [channels, outChannels / group, ...kernel], seed: { he: fanIn } };
    return bias ? [weights, { role: 'bias', shape: [outChannels], seed: 0 }] : [weights];
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    const from = imageSize(input, attrs.layout);
    expectConvolution(attrs, from.channels, from.batch, -Infinity);
    const phases = Math.min(attrs.stride[0], attrs.kernel[0]) * Math.min(attrs.stride[1], attrs.kernel[1]);
    if (phases > MOST_PHASES)
      fail(
        'unsupported',
        '',
        `expected at most ${MOST_PHASES} offsets of the kernel between strides, got ${phases}.`,
        'Use a smaller stride.',
      );
    const [height, width] = [outputSize(attrs, 0, from.height), outputSize(attrs, 1, from.width)];
    expectPadded(from.channels, paddedSize(attrs, 0, height), paddedSize(attrs, 1, width));
    return [imageShape({ batch: from.batch, channels: attrs.outChannels, height, width }, attrs.layout)];
  },
  rule: ({ attrs }) => ({ kind: 'weighted', entry: 'always', channels: attrs.outChannels, form: 'Deconvolution' }),
  reference: oneToOne((node, input, output) => {
    const geometry = convolutionGeometry(node.attrs, input.shape, output.shape);
    const terms = { input: input.data, weights: rowsOf(node), bias: weightsAndBias(node).bias };
    convolve(geometry, deconvolutionTaps(geometry), terms, output.data);
  }),
  weightRows: rowsOf,
  lower: (node, shapes, fused) =>
    lowerDeconvolutionF32(geometryOf(node, shapes), rowsOf(node), weightsAndBias(node).bias, fused),
  accumulate: (node, shapes, weightCodes, bits) => accumulateDeconvolution(geometryOf(node, shapes), weightCodes, bits),
  patches(node, shapes) {
    const geometry = geometryOf(node, shapes);
    return patchesOf(geometry, deconvolutionTaps(geometry));
  },
  geometry: geometryOf,
  macs(node, shapes) {
    const { input, inChannels, outChannels, group, kernel } = geometryOf(node, shapes);
    return input[0] * input[1] * inChannels * (outChannels / group) * kernel[0] * kernel[1];
  },
  /** An offset after it is its bias (TensorFlow has it as a node); a batch norm stays a Scale (docs/spec/quantizer.md, section 4). */
  absorbAffine(node, { scale, shift }, side) {
    if (side !== 'output' || scale.some((factor) => factor !== 1)) return undefined;
    const { weights, bias } = weightsAndBias(node);
    const data = Float32Array.from(shift, (value, c) => (bias?.[c] ?? 0) + value);
    return { ...node, attrs: { ...node.attrs, bias: true }, params: [weights, { shape: [data.length], data }] };
  },
};
