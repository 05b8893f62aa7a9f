import { type Attribute, floats, graphDef, int32s, placeholder, type TestNode } from '../tensorflow/graph-def.js';
import type { Random } from './random.js';

/** Node types, and how many inputs they have. */
const TYPES: readonly (readonly [type: string, inputs: number])[] = [
  ...[
    'Conv2D',
    'DepthwiseConv2dNative',
    'BiasAdd',
    'MatMul',
    'Add',
    'AddV2',
    'Sub',
    'Mul',
    'RealDiv',
    'Maximum',
    'Minimum',
  ].map((type) => [type, 2] as const),
  ...[
    'Relu',
    'Relu6',
    'Elu',
    'LeakyRelu',
    'Softmax',
    'Sigmoid',
    'Tanh',
    'Abs',
    'Neg',
    'Square',
    'Identity',
    'Shape',
  ].map((type) => [type, 1] as const),
  ...[
    'MaxPool',
    'AvgPool',
    'LRN',
    'SpaceToDepth',
    'DepthToSpace',
    'Squeeze',
    'Cast',
    'Unpack',
    'Rank',
    'Size',
    'Log',
  ].map((type) => [type, 1] as const),
  ...[
    'Reshape',
    'Transpose',
    'Mean',
    'Sum',
    'Max',
    'Pad',
    'Tile',
    'ExpandDims',
    'ArgMax',
    'TopKV2',
    'BroadcastTo',
    'Gather',
  ].map((type) => [type, 2] as const),
  ...['ResizeBilinear', 'ResizeNearestNeighbor', 'Fill', 'Cumsum', 'ReverseV2', 'SpaceToBatchND'].map(
    (type) => [type, 2] as const,
  ),
  ...['Conv2DBackpropInput', 'StridedSlice', 'Slice', 'GatherV2', 'Select', 'Range', 'FakeQuantWithMinMaxVars'].map(
    (type) => [type, 3] as const,
  ),
  ['FusedBatchNorm', 5],
  ['ConcatV2', 3],
  ['Pack', 2],
  ['Split', 2],
  ['SplitV', 3],
  ['OneHot', 4],
  ['AddN', 2],
  ['Einsum', 2],
  ['IdentityN', 2],
  ['FakeQuantWithMinMaxArgs', 1],
  ['Dequantize', 3],
  ['RandomUniform', 1],
  ['Switch', 2],
  ['Merge', 2],
];

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a/b',
  'x',
  'y:1',
  '',
  '^x',
  '\u001b[2J',
] as const;
const ABSURD = [0, -1, 2, 3, 1e9, 2 ** 31, -(2 ** 31), 2 ** 40] as const;

/** Attributes with values that make sense. */
const ATTRIBUTES: Readonly<Record<string, readonly Attribute[]>> = {
  strides: [{ ints: [1, 1, 1, 1] }, { ints: [1, 2, 2, 1] }],
  ksize: [{ ints: [1, 2, 2, 1] }, { ints: [1, 3, 3, 1] }],
  padding: [{ s: 'SAME' }, { s: 'VALID' }],
  data_format: [{ s: 'NHWC' }],
  dilations: [{ ints: [1, 1, 1, 1] }, { ints: [1, 2, 2, 1] }],
  T: [{ type: 1 }],
  DstT: [{ type: 1 }, { type: 3 }, { type: 10 }],
  dtype: [{ type: 1 }, { type: 3 }],
  out_type: [{ type: 3 }],
  axis: [{ i: 0 }, { i: 1 }, { i: -1 }],
  squeeze_dims: [{ ints: [1] }, { ints: [] }],
  keep_dims: [{ b: true }, { b: false }],
  block_size: [{ i: 2 }],
  num_split: [{ i: 2 }],
  alpha: [{ f: 0.1 }],
  epsilon: [{ f: 0.001 }],
  is_training: [{ b: false }],
  depth_radius: [{ i: 2 }],
  transpose_b: [{ b: true }],
  begin_mask: [{ i: 1 }],
  shrink_axis_mask: [{ i: 1 }, { i: 2 }],
  equation: [{ s: 'ij,jk->ik' }],
  num_bits: [{ i: 8 }],
  mode: [{ s: 'SCALED' }, { s: 'REFLECT' }],
  batch_dims: [{ i: 0 }],
};

/** Attributes of other kinds than those of any name. */
const WRONG: readonly Attribute[] = [
  { s: 'VALID' },
  { i: 7 },
  { b: true },
  { type: 7 },
  { ints: [1, 2] },
  { shape: [2, -1] },
  { f: 1.5 },
  { func: 'f' },
  { floats: [1], of: [] },
];

/** A graph that may make sense: attributes dropped or of other kinds, too few inputs, cycles, absurd sizes, names of objects. */
export function randomGraphDef(random: Random): Uint8Array {
  const shape = random.of([
    [1, 4, 4, 3],
    [1, 8, 8, 4],
    [1, 6],
    [-1, 5, 5, 2],
    [1, 1e9],
    [2, 3, 4, 4],
  ]);
  const nodes: TestNode[] = [random.once(20) ? placeholder('x') : placeholder('x', shape)];
  const constants = Array.from({ length: 6 + random.below(5) }, (_, index) => constant(random, `c${index}`));
  nodes.push(...constants);
  const count = random.once(60) ? 2000 : 1 + random.below(6);
  const tail = ['x'];
  for (let index = 0; index < count; index++) {
    const [op, inputs] = random.of(TYPES);
    const name = random.once(25) ? random.of(NAMES) : `n${index}`;
    const given = random.once(15) ? random.below(4) : inputs;
    const input = Array.from({ length: given }, (_, at) => source(random, at, tail, constants));
    nodes.push({ name, op: random.once(40) ? random.of(NAMES) : op, input, attr: attributes(random) });
    tail.push(name);
  }
  return graphDef(...nodes);
}

function source(random: Random, at: number, tail: readonly string[], constants: readonly TestNode[]): string {
  if (random.once(60)) return random.of([...NAMES, 'n99', `n${random.below(4)}:${random.below(3)}`]);
  if (at === 0 ? random.below(5) > 0 : random.once(3)) return random.once(2) ? tail.at(-1)! : random.of(tail);
  return random.of(constants).name;
}

function constant(random: Random, name: string): TestNode {
  if (random.once(20)) return { name, op: 'Const', attr: { dtype: { type: 7 }, value: { text: 'text' } } };
  if (random.once(25)) return int32s(name, [1], [random.of([2 ** 20, 1e9])]);
  if (random.below(2) === 0) {
    const values = Array.from({ length: random.below(5) }, () =>
      random.once(10) ? random.of(ABSURD) : random.below(6) - 1,
    );
    return random.once(3) && values.length > 0 ? int32s(name, values.slice(0, 1), []) : int32s(name, values);
  }
  const shape = random.of([[3, 3, 3, 2], [1, 1, 3, 4], [2, 2, 4, 1], [3], [4], [], [6, 2], [5], [1, 4, 4, 3], [0]]);
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: count }, () =>
    random.once(200) ? random.of([NaN, Infinity, 3e38, 1e-42]) : (random.below(200) - 100) / 64,
  );
  return floats(name, shape, values);
}

function attributes(random: Random): Record<string, Attribute> {
  const result: Record<string, Attribute> = {};
  for (const [name, values] of Object.entries(ATTRIBUTES)) {
    if (random.once(25)) continue;
    if (random.once(60)) result[name] = random.of(WRONG);
    else if (random.once(80)) result[name] = { ints: [random.of(ABSURD), random.of(ABSURD)] };
    else if (name !== 'data_format' && name !== 'dilations') result[name] = random.of(values);
    else if (random.once(4)) result[name] = random.of(values);
  }
  return result;
}
