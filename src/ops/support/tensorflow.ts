import type { Layout, Tensor } from '../../tensor.js';
import type { TensorFlowNode } from '../op.js';
import type { Padding, Pair } from './spatial.js';

/** Stride, padding and dilation of a TensorFlow node with a sliding window. */
export interface TensorFlowWindow {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pad: Padding;
  readonly layout: Layout;
}

/** The node's `data_format`; NHWC if it states none. */
export function dataFormat(node: TensorFlowNode): Layout {
  const format = (node.attr('data_format') as string | undefined) ?? 'NHWC';
  if (format === 'NHWC' || format === 'NCHW') return format;
  return node.fail(`expected data_format NHWC or NCHW, got ${format}.`);
}

/** Height and width entries of a list with one entry per axis. */
export function spatialPair(list: readonly number[], layout: Layout): Pair {
  return layout === 'NCHW' ? [list[2]!, list[3]!] : [list[1]!, list[2]!];
}

/**
 * Reads `strides`, `dilations`, `padding`, `explicit_paddings`. `size`: height and width the window slides over: the input's,
 * or the output's of a transposed convolution. SAME puts the odd element of padding last.
 */
export function tensorFlowWindow(
  node: TensorFlowNode,
  kernel: Pair,
  size: Pair,
  strides = node.attr('strides') as readonly number[],
): TensorFlowWindow {
  const layout = dataFormat(node);
  const stride = spatialPair(strides, layout);
  const dilation = spatialPair(node.attr('dilations') ?? [1, 1, 1, 1], layout);
  return { layout, stride, dilation, pad: padding(node, layout, kernel, stride, dilation, size) };
}

function padding(
  node: TensorFlowNode,
  layout: Layout,
  kernel: Pair,
  stride: Pair,
  dilation: Pair,
  size: Pair,
): Padding {
  const kind = node.attr('padding') as string;
  if (kind === 'VALID') return [0, 0, 0, 0];
  if (kind === 'EXPLICIT') {
    const list = node.attr('explicit_paddings') as readonly number[];
    const first = layout === 'NCHW' ? 4 : 2;
    return [list[first]!, list[first + 2]!, list[first + 1]!, list[first + 3]!];
  }
  if (kind !== 'SAME') node.fail(`expected padding SAME, VALID or EXPLICIT, got ${kind}.`);
  const total = [0, 1].map((axis) => {
    const reach = (kernel[axis]! - 1) * dilation[axis]! + 1;
    return Math.max(0, (Math.ceil(size[axis]! / stride[axis]!) - 1) * stride[axis]! + reach - size[axis]!);
  }) as [number, number];
  const [top, left] = [Math.floor(total[0] / 2), Math.floor(total[1] / 2)];
  return [top, left, total[0] - top, total[1] - left];
}

/** The elements of a constant input as a list; undefined if it depends on the network's input. */
export function constantList(node: TensorFlowNode, index: number): number[] | undefined {
  const found = index < node.inputCount ? node.constant(index) : undefined;
  return found === undefined ? undefined : Array.from(found.data);
}

/** A constant input as float32; undefined if it depends on the network's input. */
export function constantTensor(node: TensorFlowNode, index: number): Tensor | undefined {
  const found = index < node.inputCount ? node.constant(index) : undefined;
  if (found === undefined) return undefined;
  return { shape: found.shape, data: found.data instanceof Float32Array ? found.data : Float32Array.from(found.data) };
}
