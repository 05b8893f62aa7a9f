import { fail } from '../error.js';
import { accumulateConvolution } from '../kernels/accumulate.js';
import { lowerDepthwiseF32 } from '../kernels/depthwise.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import type { Shape, Tensor } from '../tensor.js';
import type { Affine, NodeShapes, Op, OpNode } from './op.js';
import { isChannelAxis, mapChannels } from './support/affine.js';
import { expectInputs, sizeAlong, splitAxis } from './support/axes.js';
import { convolutionTaps, patchesOf } from './support/convolve.js';
import { type CoverAttrs, coveredOperands, coveredShape, coverShape } from './support/cover.js';
import { first, weightsAndBias } from './support/operands.js';

export type ScaleAttrs = CoverAttrs & { readonly bias: boolean };

/** Whether the node has one constant per channel, as the overlay's Scale has. */
const perChannel = ({ attrs, inputs }: OpNode<CoverAttrs>, { inputs: shapes, layout }: NodeShapes): boolean =>
  inputs.length === 1 &&
  (attrs.numAxes ?? 1) === 1 &&
  isChannelAxis(attrs.axis, first(shapes), layout) &&
  asDepthwise({ attrs }, first(shapes)) !== undefined;

/** The node as a 1 x 1 depthwise convolution, whose products of codes are below 2^31. Undefined where the channel axis lies between others. */
function asDepthwise({ attrs }: { attrs: CoverAttrs }, input: Shape): ConvolutionGeometry | undefined {
  const { outer, size, inner } = splitAxis(input, attrs.axis);
  if (outer > 1 && inner > 1) return undefined;
  const plane = [1, outer * inner] as const;
  return {
    inChannels: size,
    outChannels: size,
    group: size,
    kernel: [1, 1],
    stride: [1, 1],
    pad: [0, 0, 0, 0],
    dilation: [1, 1],
    input: plane,
    output: plane,
    layout: inner > 1 ? 'NCHW' : 'NHWC',
  };
}

/** The same of a node that has one constant per channel. */
const depthwiseOf = (node: { attrs: CoverAttrs }, input: Shape): ConvolutionGeometry =>
  asDepthwise(node, input) ?? fail('internal', '', 'a per-channel Scale works on one image.');

/** `x * scale + bias` in double, for every form that is no layer of the overlay. */
function scaleAny({ attrs, params }: OpNode<ScaleAttrs>, inputs: readonly Tensor<any>[], output: Tensor<any>): void {
  const { input, cover, at } = coveredOperands(attrs, inputs, params);
  const bias = attrs.bias ? params.at(-1)?.data : undefined;
  input.data.forEach((x: number, index: number) => {
    output.data[index] = x * cover.data[at(index)] + (bias?.[at(index)] ?? 0);
  });
}

function affineOf(node: OpNode<ScaleAttrs>): Affine {
  const { weights, bias } = weightsAndBias(node);
  const scale = Float64Array.from(weights.data);
  return { scale, shift: Float64Array.from(scale, (_, c) => bias?.[c] ?? 0), alone: false, once: true };
}

/**
 * Multiplies by a constant per channel and adds a bias: a weighted layer with one product per output, in float32.
 * By a constant over other axes, or by a second input: a host layer, in double.
 */
export const scale: Op<ScaleAttrs> = {
  name: 'scale',
  caffe: {
    types: ['Scale'],
    attributes(layer) {
      const message = layer.param('scale_param');
      return { axis: message['axis'], numAxes: message['num_axes'], bias: message['bias_term'] };
    },
  },
  params(attrs, inputs) {
    const [input, second] = expectInputs(inputs, 1, 2);
    const shape = second ?? coveredShape(attrs, input);
    const bias = attrs.bias ? [{ role: 'bias', shape, seed: 0 }] : [];
    return second === undefined ? [{ role: 'scale', shape, seed: 1 }, ...bias] : bias;
  },
  shape: coverShape,
  rule(node, shapes) {
    if (!perChannel(node, shapes)) return { kind: 'host' };
    return {
      kind: 'weighted',
      entry: 'always',
      channels: sizeAlong(first(shapes.inputs), node.attrs.axis),
      form: 'Scale',
    };
  },
  reference(node, inputs, outputs, layout) {
    const [input, output] = [first(inputs), first(outputs)];
    const shapes = { inputs: inputs.map(({ shape }) => shape), outputs: [output.shape], layout };
    if (!perChannel(node, shapes)) return scaleAny(node, inputs, output);
    const { weights, bias } = weightsAndBias(node);
    const factors = weights.data;
    mapChannels(input, output, node.attrs.axis, (x, c) => Math.fround(x * factors[c]!) + (bias?.[c] ?? 0));
  },
  lower(node, shapes, fused) {
    const geometry = perChannel(node, shapes) ? asDepthwise(node, first(shapes.inputs)) : undefined;
    if (geometry === undefined) return undefined;
    const { weights, bias } = weightsAndBias(node);
    return lowerDepthwiseF32(geometry, weights.data, bias, fused);
  },
  accumulate: (node, { inputs }, weightCodes, bits) =>
    accumulateConvolution(depthwiseOf(node, first(inputs)), weightCodes, bits),
  patches(node, { inputs }) {
    const geometry = depthwiseOf(node, first(inputs));
    return patchesOf(geometry, convolutionTaps(geometry));
  },
  geometry: (node, { inputs }) => depthwiseOf(node, first(inputs)),
  toAffine: (node, shapes) => (perChannel(node, shapes) ? affineOf(node) : undefined),
};
