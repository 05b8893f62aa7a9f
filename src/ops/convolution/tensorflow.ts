import type { Tensor } from '../../tensor.js';
import type { TensorFlowNode, TensorFlowReading } from '../op.js';
import { sizeAlong } from '../support/axes.js';
import { reordered } from '../support/reorder.js';
import { imageSize, type Padding, type Pair } from '../support/spatial.js';
import {
  constantList,
  constantTensor,
  dataFormat,
  spatialPair,
  type TensorFlowWindow,
  tensorFlowWindow,
} from '../support/tensorflow.js';
import type { ConvolutionAttrs } from './attributes.js';

/** Conv2D (weights HWIO) or DepthwiseConv2dNative (HWCM: M outputs for each channel, next to each other). */
export function readConvolution(node: TensorFlowNode): TensorFlowReading<ConvolutionAttrs> | undefined {
  const stored = constantTensor(node, 1);
  if (stored === undefined) return undefined;
  if (stored.shape.length !== 4) node.fail(`expected a filter with 4 axes, got ${stored.shape.length}.`);
  const weights = node.type === 'Conv2D' ? reordered(stored, [3, 2, 0, 1]) : depthwise(stored);
  const kernel = kernelOf(stored);
  const { channels, height, width } = imageSize(node.inputShape(0), dataFormat(node));
  const window = node.inputCount === 5 ? spreadWindow(node) : tensorFlowWindow(node, kernel, [height, width]);
  if (window === undefined) return undefined;
  const perGroup = sizeAlong(weights.shape, 1);
  if (channels % perGroup !== 0)
    node.fail(`expected a filter for ${channels} input channels, got one for ${perGroup}.`);
  if (node.type !== 'Conv2D' && stored.shape[2] !== channels)
    node.fail(`expected a filter for ${channels} input channels, got one for ${stored.shape[2]}.`);
  const attrs = {
    ...window,
    outChannels: sizeAlong(weights.shape, 0),
    kernel,
    group: channels / perGroup,
    bias: false,
  };
  return { attrs, inputs: [0], params: [weights] };
}

/** Height and width of a filter of TensorFlow, its first two axes. */
const kernelOf = ({ shape }: Tensor): Pair => [sizeAlong(shape, 0), sizeAlong(shape, 1)];

function depthwise(stored: Tensor): Tensor {
  const [height, width, channels, multiplier] = stored.shape as [number, number, number, number];
  return reordered(stored, [2, 3, 0, 1], [channels * multiplier, 1, height, width]);
}

/**
 * The dilated convolution that a VALID one between SpaceToBatchND and BatchToSpaceND is: inputs 2 to 4 are block,
 * paddings and crops. Undefined if they are no constants or the inner convolution is not plain.
 */
function spreadWindow(node: TensorFlowNode): TensorFlowWindow | undefined {
  const [block, paddings, crops] = [2, 3, 4].map((index) => constantList(node, index));
  const inner = tensorFlowWindow(node, [1, 1], [1, 1]);
  const plain = node.attr('padding') === 'VALID' && [...inner.stride, ...inner.dilation].every((size) => size === 1);
  if (block === undefined || paddings === undefined || crops === undefined || !plain) return undefined;
  // The lists begin with this axis of the input, and may end early.
  const listed = (node.attr('space_to_batch_axis') as number | undefined) ?? 1;
  const entry = (inner.layout === 'NCHW' ? 2 : 1) - listed;
  const dilation: Pair = [block[entry] ?? 1, block[entry + 1] ?? 1];
  const side = (axis: number, end: number): number => {
    const at = 2 * (entry + axis) + end;
    return (paddings[at] ?? 0) - (crops[at] ?? 0);
  };
  const pad: Padding = [side(0, 0), side(1, 0), side(0, 1), side(1, 1)];
  return { ...inner, dilation, pad };
}

/**
 * Conv2DBackpropInput and DepthwiseConv2dNativeBackpropInput: a filter of the forward convolution (HWIO or HWCM, so its
 * I or C are the outputs here) and the size to make.
 */
export function readDeconvolution(node: TensorFlowNode): TensorFlowReading<ConvolutionAttrs> | undefined {
  const sizes = constantList(node, 0);
  const stored = constantTensor(node, 1);
  if (sizes === undefined || stored === undefined) return undefined;
  const isDepthwise = node.type === 'DepthwiseConv2dNativeBackpropInput';
  const layout = dataFormat(node);
  const kernel = kernelOf(stored);
  const from = imageSize(node.inputShape(2), layout);
  // The size alone (height, width), or a whole shape in the node's layout.
  const wanted = sizes.length === 2 ? spatialPair([1, ...sizes, 0], 'NHWC') : spatialPair(sizes, layout);
  const window = tensorFlowWindow(node, kernel, wanted);
  const { stride, dilation, pad } = window;
  // What the forward convolution left over at the far end comes back as rows and columns.
  const far = (axis: 0 | 1, size: number): number =>
    (size - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1 - pad[axis] - wanted[axis];
  const outChannels = sizeAlong(stored.shape, 2);
  const attrs = {
    ...window,
    pad: [pad[0], pad[1], far(0, from.height), far(1, from.width)] as const,
    outChannels,
    kernel,
    group: isDepthwise ? outChannels : 1,
    bias: false,
  };
  const weights = isDepthwise ? depthwise(stored) : reordered(stored, [3, 2, 0, 1]);
  if (weights.shape[0] !== from.channels)
    node.fail(`expected a filter for ${from.channels} input channels, got one for ${weights.shape[0]}.`);
  return { attrs, inputs: [2], params: [weights] };
}
