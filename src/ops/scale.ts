import { fail } from '../error.js';
import { accumulateConvolution } from '../kernels/accumulate.js';
import { lowerDepthwiseF32 } from '../kernels/depthwise.js';
import type { ConvolutionGeometry } from '../kernels/geometry.js';
import { elements, formatShape, type Shape, type Tensor } from '../tensor.js';
import type { Affine, NodeShapes, Op, OpNode } from './op.js';
import { isChannelAxis, mapChannels } from './support/affine.js';
import { expectInputs, expectInteger, resolveAxis, sameShape, splitAxis } from './support/axes.js';

/** The axes a scale or bias covers: `numAxes` from `axis` on; -1: all that follow; 0: one value for everything. */
export type CoverAttrs = { readonly axis: number; readonly numAxes?: number };

export type ScaleAttrs = CoverAttrs & { readonly bias: boolean };

/** Sizes of the axes that a parameter covers. Throws where there are not so many. */
export function coveredShape({ axis, numAxes = 1 }: CoverAttrs, input: Shape): Shape {
  const first = resolveAxis(axis, input.length);
  expectInteger('num_axes', numAxes, -1);
  if (first + numAxes > input.length)
    fail('model', '', `expected at most ${input.length - first} axes from axis ${first} on, got num_axes ${numAxes}.`);
  return numAxes === -1 ? input.slice(first) : input.slice(first, first + numAxes);
}

/** Rejects a second input that does not cover axes of the first. */
export function expectCovering(attrs: CoverAttrs, inputs: readonly Shape[]): void {
  const [input, factor] = [inputs[0]!, inputs[1]!];
  const first = factor.length === 0 ? 0 : resolveAxis(attrs.axis, input.length);
  if (!sameShape(input.slice(first, first + factor.length), factor)) {
    fail(
      'model',
      '',
      `expected a second input with the sizes of ${formatShape(input)} from axis ${first} on, got ${formatShape(factor)}.`,
    );
  }
}

/** For an input element's index the index of the covering parameter's element. */
export function covering({ axis }: CoverAttrs, input: Shape, covered: Shape): (index: number) => number {
  const count = elements(covered);
  if (covered.length === 0) return () => 0;
  const inner = elements(input.slice(resolveAxis(axis, input.length) + covered.length));
  return (index) => Math.floor(index / inner) % count;
}

/** One value per channel, out of the params: what the overlay's Scale can do. */
const perChannel = ({ attrs, inputs }: OpNode<CoverAttrs>, { inputs: shapes, layout }: NodeShapes): boolean =>
  inputs.length === 1 &&
  (attrs.numAxes ?? 1) === 1 &&
  isChannelAxis(attrs.axis, shapes[0]!, layout) &&
  asDepthwise({ attrs }, shapes[0]!) !== undefined;

/** The same as a 1 x 1 depthwise convolution, whose products of codes are below 2^31; undefined for several images of planes. */
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

/** `x * scale + bias` in double, for every form that is no layer of the overlay. */
function scaleAny({ attrs, params }: OpNode<ScaleAttrs>, inputs: readonly Tensor<any>[], output: Tensor<any>): void {
  const factor = inputs[1] ?? params[0]!;
  const bias = attrs.bias ? params.at(-1)!.data : undefined;
  const at = covering(
    attrs,
    inputs[0]!.shape,
    inputs[1] === undefined ? coveredShape(attrs, inputs[0]!.shape) : factor.shape,
  );
  inputs[0]!.data.forEach((x: number, index: number) => {
    output.data[index] = x * factor.data[at(index)]! + (bias?.[at(index)] ?? 0);
  });
}

function affineOf({ params }: OpNode<ScaleAttrs>): Affine {
  const scale = Float64Array.from(params[0]!.data);
  return { scale, shift: Float64Array.from(scale, (_, c) => params[1]?.data[c] ?? 0), alone: false, once: true };
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
    const shape = inputs.length > 1 ? inputs[1]! : coveredShape(attrs, inputs[0]!);
    const bias = attrs.bias ? [{ role: 'bias', shape, seed: 0 }] : [];
    return inputs.length > 1 ? bias : [{ role: 'scale', shape, seed: 1 }, ...bias];
  },
  shape(attrs, inputs) {
    expectInputs(inputs, 1, 2);
    if (inputs.length === 2) expectCovering(attrs, inputs);
    else coveredShape(attrs, inputs[0]!);
    return [inputs[0]!];
  },
  rule(node, shapes) {
    if (!perChannel(node, shapes)) return { kind: 'host' };
    return {
      kind: 'weighted',
      entry: 'always',
      channels: splitAxis(shapes.inputs[0]!, node.attrs.axis).size,
      form: 'Scale',
    };
  },
  reference(node, inputs, [output], layout) {
    const shapes = { inputs: inputs.map((input) => input.shape), outputs: [output!.shape], layout };
    if (!perChannel(node, shapes)) return scaleAny(node, inputs, output!);
    const [factors, bias] = [node.params[0]!.data, node.params[1]?.data];
    mapChannels(inputs[0]!, output!, node.attrs.axis, (x, c) => Math.fround(x * factors[c]!) + (bias?.[c] ?? 0));
  },
  lower(node, shapes, fused) {
    const geometry = perChannel(node, shapes) ? asDepthwise(node, shapes.inputs[0]!) : undefined;
    return geometry && lowerDepthwiseF32(geometry, node.params[0]!.data, node.params[1]?.data ?? null, fused);
  },
  accumulate(node, { inputs }, weightCodes, bits) {
    const geometry = asDepthwise(node, inputs[0]!) ?? fail('internal', '', 'a per-channel Scale works on one image.');
    return accumulateConvolution(geometry, weightCodes, bits);
  },
  toAffine: (node, shapes) => (perChannel(node, shapes) ? affineOf(node) : undefined),
};
