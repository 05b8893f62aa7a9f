import { fail } from '../error.js';
import type { Layout, Shape } from '../tensor.js';
import { attributeOf } from './attributes.js';
import { constantOf, describeNode, type NodeDef, type PartialShape } from './node.js';
import type { Selection } from './select.js';

/** Types whose meaning depends on the order of axes: the first of them behind the input shows its layout. */
const spatial: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2dNative',
  'MaxPool',
  'AvgPool',
  'FusedBatchNorm',
  'FusedBatchNormV2',
  'FusedBatchNormV3',
  'BiasAdd',
  'SpaceToDepth',
  'DepthToSpace',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'Transpose',
  'Reshape',
  'MatMul',
]);

/**
 * Layout of the input: the `data_format` of the first spatial node behind it, NHWC if there is none. A transposition to
 * NHWC shows an NCHW input.
 */
export function layoutOfInput(selection: Selection): Layout {
  const first = firstReader(selection, (node) => spatial.has(node.op));
  if (first === undefined) return 'NHWC';
  if (first.op !== 'Transpose') return attributeOf(first, 'data_format') === 'NCHW' ? 'NCHW' : 'NHWC';
  const [, , , channels] = declaredShape(selection.input) ?? [];
  const hasChannelsLast = channels === 1 || channels === 3;
  return constantInput(first, 1, selection)?.join() === '0,2,3,1' && !hasChannelsLast ? 'NCHW' : 'NHWC';
}

/** The first node behind the input for which the condition holds, of the input or what is computed from it alone. */
function firstReader({ input, nodes }: Selection, holds: (node: NodeDef) => boolean): NodeDef | undefined {
  const same = new Set([input.name]);
  for (const node of nodes) {
    if (!node.inputs.some((ref) => same.has(ref.node))) continue;
    if (holds(node)) return node;
    same.add(node.name);
  }
  return undefined;
}

/** The elements of an input that is a Const node. */
function constantInput(node: NodeDef, index: number, { nodes }: Selection): number[] | undefined {
  const source = nodes.find(({ name }) => name === node.inputs[index]?.node);
  const found = source === undefined ? undefined : constantOf(source);
  return found === undefined ? undefined : Array.from(found.data);
}

/** Whether a node gives its input a new axis: `tf.expand_dims`, `x[tf.newaxis]`, `tf.stack([x])`. */
function addsAxes(node: NodeDef): boolean {
  const mask = node.op === 'StridedSlice' ? attributeOf(node, 'new_axis_mask') : 0;
  return node.op === 'ExpandDims' || node.op === 'Pack' || (typeof mask === 'number' && mask !== 0);
}

/** Whether an input of two known sizes is an image H x W: the graph adds axes to it or reshapes it to H x W in a longer shape. */
function isPlane(selection: Selection): boolean {
  const [height = -1, width = -1, ...others] = declaredShape(selection.input) ?? [];
  if (height < 2 || width < 2 || others.length > 0) return false;
  const first = firstReader(selection, (node) => addsAxes(node) || /^(Reshape|MatMul|BiasAdd|Softmax)$/.test(node.op));
  if (first !== undefined && addsAxes(first)) return true;
  const target = first?.op === 'Reshape' ? (constantInput(first, 1, selection) ?? []) : [];
  return target.length > 2 && target.some((size, axis) => size === height && target[axis + 1] === width);
}

/**
 * The shape to feed, for one image: `dims` if given, else the shape that the node declares. `inferred` computes the
 * shape of a node that declares none. Throws `model` where a size stays unknown, `usage` where `dims` do not fit.
 */
export function inputShape(
  selection: Selection,
  layout: Layout,
  fileName: string,
  dims: readonly number[] | undefined,
  inferred: () => Shape,
): Shape {
  const { input } = selection;
  if (dims?.some((size) => !Number.isInteger(size) || size < 1))
    fail('usage', '--dims', `expected sizes of at least 1, got ${dims.join(',')}.`);
  const declared = declaredShape(input);
  if (dims !== undefined) return withDims(declared, layout, dims, `${fileName}: ${describeNode(input)}`);
  const shape = declared ?? (isPlaceholder(input) ? null : guarded(inferred));
  const one = shape === null || isPlane(selection) ? shape : oneImage(shape);
  if (one?.every((size) => size > 0)) return one;
  const got = shape === null ? 'an unknown shape' : `[${shape.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;
  return fail(
    'model',
    `${fileName}: ${describeNode(input)}`,
    `expected an input of known size, got ${got}.`,
    'Give its C,H,W with --dims.',
  );
}

/** Number of images that the graph says are fed at once; 1 if it leaves that open. */
export function declaredBatch(selection: Selection): number {
  const shape = isPlane(selection) ? null : declaredShape(selection.input);
  const [batch = 1] = shape ?? [];
  return shape !== null && batch > 1 && oneImage(shape)[0] === 1 ? batch : 1;
}

const isPlaceholder = (node: NodeDef): boolean => node.op.startsWith('Placeholder');

function declaredShape(input: NodeDef): PartialShape {
  const shape = isPlaceholder(input) ? (attributeOf(input, 'shape') as PartialShape | undefined) : undefined;
  const recorded = (attributeOf(input, '_output_shapes') as PartialShape[] | undefined)?.[0];
  // Old versions of TensorFlow write the shape of a scalar where no shape is known.
  if (shape !== undefined && shape !== null && shape.length > 0) return shape;
  return recorded ?? null;
}

/** A shape whose batch axis, where there is one, is 1. */
function oneImage([batch = 1, ...sizes]: readonly number[]): number[] {
  const isBatch = batch < 0 || sizes.length === 3 || sizes.length === 1;
  return [isBatch ? 1 : batch, ...sizes];
}

function withDims(declared: PartialShape, layout: Layout, dims: readonly number[], where: string): Shape {
  const [channels = 1, ...plane] = dims;
  const own = dims.length === 3 && layout === 'NHWC' ? [...plane, channels] : [...dims];
  if (declared === null || declared.length === dims.length + 1) return [1, ...own];
  // An input without a batch axis, or one that says how many there are.
  if (declared.length === dims.length) return dims.length === 3 ? own : [...dims];
  return fail('usage', '--dims', `expected ${declared.length - 1} sizes for ${where}, got ${dims.length}.`);
}

function guarded(inferred: () => Shape): PartialShape {
  try {
    return inferred();
  } catch {
    return null;
  }
}
