import { fail } from '../../error.js';
import type { ConvolutionGeometry } from '../../kernels/geometry.js';
import type { Layout, Shape } from '../../tensor.js';
import type { CaffeLayer, NodeShapes, OpNode } from '../op.js';
import { expectInteger } from '../support/axes.js';
import { first } from '../support/operands.js';
import {
  caffePair,
  evenPadding,
  expectWindow,
  imageSize,
  type Padding,
  type Pair,
  repeatedPair,
} from '../support/spatial.js';

/** Attributes of a convolution and of a deconvolution. */
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

/** Attributes of a Caffe layer with a convolution_param. */
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

/** Throws `model` for sizes that no convolution has, and for groups that do not divide the channels. */
export function expectConvolution(attrs: ConvolutionAttrs, channels: number, batch: number, leastPad = 0): void {
  expectWindow(attrs.kernel, attrs.stride, attrs.pad, leastPad);
  attrs.dilation.forEach((size) => expectInteger('dilation', size, 1));
  expectInteger('num_output', attrs.outChannels, 1);
  expectInteger('group', attrs.group, 1);
  if (batch !== 1) fail('model', '', `expected a batch of 1, got ${batch}.`);
  for (const [channelKind, count] of [
    ['input channels', channels],
    ['output channels', attrs.outChannels],
  ] as const) {
    if (count % attrs.group !== 0)
      fail(
        'model',
        '',
        `expected a group that divides ${count} ${channelKind}, got ${attrs.group}.`,
        'Correct group or num_output; a depthwise convolution has as many groups as input channels.',
      );
  }
}

/** The geometry of attributes on an input and an output of these shapes. */
export function convolutionGeometry(attrs: ConvolutionAttrs, input: Shape, output: Shape): ConvolutionGeometry {
  const from = imageSize(input, attrs.layout);
  const to = imageSize(output, attrs.layout);
  return { ...attrs, inChannels: from.channels, input: [from.height, from.width], output: [to.height, to.width] };
}

/** The geometry of a node. */
export function geometryOf(
  { attrs }: OpNode<ConvolutionAttrs>,
  { inputs, outputs }: Pick<NodeShapes, 'inputs' | 'outputs'>,
): ConvolutionGeometry {
  return convolutionGeometry(attrs, first(inputs), first(outputs));
}
