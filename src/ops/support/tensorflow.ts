import type { Layout, Tensor } from '../../tensor.js';
import type { TensorFlowNode } from '../op.js';
import { resolveAxis, sizeAlong } from './axes.js';
import type { Padding, Pair } from './spatial.js';

/** Stride, padding and dilation of a TensorFlow node with a sliding window. */
export interface TensorFlowWindow {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly pad: Padding;
  readonly layout: Layout;
}

/** What a table with an entry for each node type of an op holds for the node's. */
export function entryOf<T>(node: TensorFlowNode, table: Readonly<Record<string, T>>): T {
  return table[node.type] ?? node.fail(`expected ${Object.keys(table).join(', ')}, got ${node.type}.`);
}

/** The node's `data_format`; NHWC if it states none. */
export function dataFormat(node: TensorFlowNode): Layout {
  const format = (node.attr('data_format') as string | undefined) ?? 'NHWC';
  if (format === 'NHWC' || format === 'NCHW') return format;
  return node.fail(`expected data_format NHWC or NCHW, got ${format}.`);
}

/** Height and width entries of a list with one entry per axis. */
export function spatialPair(list: readonly number[], layout: Layout): Pair {
  const axis = layout === 'NCHW' ? 2 : 1;
  return [sizeAlong(list, axis), sizeAlong(list, axis + 1)];
}

/** Throws `model` unless a list with one entry per axis of an image is 1 along batch and channels, where no window moves. */
export function expectSpatial(node: TensorFlowNode, name: string, list: readonly number[], layout: Layout): void {
  const others = layout === 'NCHW' ? [0, 1] : [0, 3];
  if (list.length === 4 && others.every((axis) => list[axis] === 1)) return;
  node.fail(
    `expected ${name} for 4 axes that are 1 along batch and channels, got [${list.join(', ')}].`,
    'Windows over batch or channels are not supported; use --output_layer to stop before it.',
  );
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
  const dilations = (node.attr('dilations') as readonly number[] | undefined) ?? [1, 1, 1, 1];
  expectSpatial(node, 'strides', strides, layout);
  expectSpatial(node, 'dilations', dilations, layout);
  const stride = spatialPair(strides, layout);
  const dilation = spatialPair(dilations, layout);
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
    const vertical = layout === 'NCHW' ? 4 : 2;
    const [top, bottom, left, right] = [0, 1, 2, 3].map((side) => sizeAlong(list, vertical + side)) as [
      number,
      number,
      number,
      number,
    ];
    return [top, left, bottom, right];
  }
  if (kind !== 'SAME') node.fail(`expected padding SAME, VALID or EXPLICIT, got ${kind}.`);
  const total = (axis: 0 | 1): number => {
    const reach = (kernel[axis] - 1) * dilation[axis] + 1;
    return Math.max(0, (Math.ceil(size[axis] / stride[axis]) - 1) * stride[axis] + reach - size[axis]);
  };
  const [vertical, horizontal] = [total(0), total(1)];
  const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
  return [top, left, vertical - top, horizontal - left];
}

/** The elements of a constant input as a list; undefined if it depends on the network's input. */
export function constantNumbers(node: TensorFlowNode, index: number): number[] | undefined {
  const found = index < node.inputCount ? node.constant(index) : undefined;
  return found === undefined ? undefined : Array.from(found.data);
}

/** {@link constantNumbers} of sizes, axes or positions. Throws `model` where one is not whole. */
export function constantList(node: TensorFlowNode, index: number): number[] | undefined {
  const list = constantNumbers(node, index);
  const odd = list?.find((value) => !Number.isSafeInteger(value));
  return odd === undefined ? list : node.fail(`expected whole numbers as input ${index}, got ${odd}.`);
}

/** A constant input as float32; undefined if it depends on the network's input. */
export function constantTensor(node: TensorFlowNode, index: number): Tensor | undefined {
  const found = index < node.inputCount ? node.constant(index) : undefined;
  if (found === undefined) return undefined;
  return { shape: found.shape, data: found.data instanceof Float32Array ? found.data : Float32Array.from(found.data) };
}

/** The axes a TensorFlow reduction names, ascending; undefined if they depend on the input. */
export function reductionAxes(node: TensorFlowNode): number[] | undefined {
  const rank = node.inputShape(0).length;
  const axes = constantList(node, 1)?.map((axis) => resolveAxis(axis, rank));
  return axes === undefined ? undefined : [...new Set(axes)].sort((a, b) => a - b);
}

/** The shape of a reduction without `keep_dims`, undefined with it. */
export function droppedAxes(node: TensorFlowNode, axes: readonly number[]): number[] | undefined {
  return node.attr('keep_dims') === true ? undefined : node.inputShape(0).filter((_, axis) => !axes.includes(axis));
}
