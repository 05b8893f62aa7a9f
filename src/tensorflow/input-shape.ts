import { fail } from '../error.js';
import type { Layout, Shape } from '../tensor.js';
import { describeNode, type NodeDef, type PartialShape } from './node.js';
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

/** Layout of the input: the `data_format` of the first spatial node behind it, NHWC if there is none. */
export function layoutOfInput({ input, nodes }: Selection): Layout {
  const same = new Set([input.name]);
  for (const node of nodes) {
    if (!node.inputs.some((ref) => same.has(ref.node))) continue;
    if (spatial.has(node.op)) return node.attrs['data_format'] === 'NCHW' ? 'NCHW' : 'NHWC';
    same.add(node.name);
  }
  return 'NHWC';
}

/**
 * The shape to feed, for one image: `dims` if given, else the shape that the node declares. `inferred` computes the
 * shape of a node that declares none. Throws `model` where a size stays unknown, `usage` where `dims` do not fit.
 */
export function inputShape(
  input: NodeDef,
  layout: Layout,
  fileName: string,
  dims: readonly number[] | undefined,
  inferred: () => Shape,
): Shape {
  if (dims?.some((size) => !Number.isInteger(size) || size < 1))
    fail('usage', '--dims', `expected sizes of at least 1, got ${dims.join(',')}.`);
  const declared = declaredShape(input);
  if (dims !== undefined) return withDims(declared, layout, dims, `${fileName}: ${describeNode(input)}`);
  const shape = declared ?? (isPlaceholder(input) ? null : guarded(inferred));
  const one = shape === null ? null : oneImage(shape);
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
export function declaredBatch(input: NodeDef): number {
  const shape = declaredShape(input);
  const [batch = 1] = shape ?? [];
  return shape !== null && batch > 1 && oneImage(shape)[0] === 1 ? batch : 1;
}

const isPlaceholder = (node: NodeDef): boolean => node.op.startsWith('Placeholder');

function declaredShape(input: NodeDef): PartialShape {
  const shape = isPlaceholder(input) ? (input.attrs['shape'] as PartialShape | undefined) : undefined;
  const recorded = (input.attrs['_output_shapes'] as PartialShape[] | undefined)?.[0];
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
