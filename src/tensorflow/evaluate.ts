import { tensorFlowOps } from '../ops/index.js';
import type { TensorFlowNode } from '../ops/op.js';
import { broadcastShape, forEachBroadcast } from '../ops/support/broadcast.js';
import { binaryFunctions, unaryFunctions } from '../ops/support/scalar-functions.js';
import { elements, type Shape, type Tensor } from '../tensor.js';
import { type Constant, constant, isFloat, isInteger, storage } from './constant.js';
import { dequantize } from './dequantize.js';

/** A node whose inputs are all constants. `node` shows the same to the ops that move elements. */
export interface Evaluation {
  readonly type: string;
  readonly attr: (name: string) => any;
  readonly inputs: readonly Constant[];
  readonly node: TensorFlowNode;
}

type Evaluator = (evaluation: Evaluation) => readonly Constant[] | undefined;

/** Element-wise types of two operands, and the function that computes them. */
const binaryTypes: Readonly<Record<string, string>> = {
  Add: 'add',
  AddV2: 'add',
  Sub: 'sub',
  Mul: 'mul',
  RealDiv: 'div',
  Div: 'div',
  FloorDiv: 'floor-div',
  FloorMod: 'floor-mod',
  Mod: 'mod',
  TruncateDiv: 'truncate-div',
  Maximum: 'max',
  Minimum: 'min',
  SquaredDifference: 'squared-difference',
  Pow: 'pow',
  Greater: 'greater',
  GreaterEqual: 'greater-equal',
  Less: 'less',
  LessEqual: 'less-equal',
  Equal: 'equal',
  NotEqual: 'not-equal',
  LogicalAnd: 'and',
  LogicalOr: 'or',
};
const unaryTypes: Readonly<Record<string, string>> = {
  Neg: 'neg',
  Abs: 'abs',
  Square: 'square',
  Sqrt: 'sqrt',
  Rsqrt: 'rsqrt',
  Reciprocal: 'reciprocal',
  Inv: 'reciprocal',
  Floor: 'floor',
  Ceil: 'ceil',
  Round: 'round',
  Rint: 'round',
  Sign: 'sign',
  LogicalNot: 'not',
  Exp: 'exp',
  Log: 'log',
  Relu: 'relu',
};
const comparisons: ReadonlySet<string> = new Set([
  'greater',
  'greater-equal',
  'less',
  'less-equal',
  'equal',
  'not-equal',
  'and',
  'or',
  'not',
]);
const reductions: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Prod: (values) => values.reduce((product, value) => product * value, 1),
  Mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Max: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  Min: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
  All: (values) => Number(values.every((value) => value !== 0)),
  Any: (values) => Number(values.some((value) => value !== 0)),
};

const special: Readonly<Record<string, Evaluator>> = {
  Range: ({ inputs }) => [range(inputs)],
  Fill: ({ inputs }) => [filled(inputs[1]!.dtype, Array.from(inputs[0]!.data), inputs[1]!.data[0]!)],
  ZerosLike: ({ inputs }) => [filled(inputs[0]!.dtype, inputs[0]!.shape, 0)],
  OnesLike: ({ inputs }) => [filled(inputs[0]!.dtype, inputs[0]!.shape, 1)],
  Cast: ({ inputs, attr }) => [cast(inputs[0]!, attr('DstT'))],
  BroadcastTo: ({ inputs }) => [expand(inputs[0]!, Array.from(inputs[1]!.data))],
  BroadcastArgs: ({ inputs }) =>
    vector(inputs[0]!.dtype, broadcastShape(Array.from(inputs[0]!.data), Array.from(inputs[1]!.data))),
  Select: ({ inputs }) => [choose(inputs)],
  SelectV2: ({ inputs }) => [choose(inputs)],
  Gather: ({ inputs }) => [gather(inputs[0]!, inputs[1]!, 0)],
  GatherV2: ({ inputs }) => [gather(inputs[0]!, inputs[1]!, inputs[2]!.data[0]!)],
  Dequantize: ({ inputs, attr }) => [
    dequantize(inputs[0]!, inputs[1]!.data[0]!, inputs[2]!.data[0]!, attr('mode') ?? 'MIN_COMBINED'),
  ],
  AddN: ({ inputs }) => [inputs.slice(1).reduce((sum, next) => elementwise('add', sum, next), inputs[0]!)],
};

/** Whether a node of this type can be computed from constants. */
export function canEvaluate(type: string): boolean {
  return (
    special[type] !== undefined ||
    binaryTypes[type] !== undefined ||
    unaryTypes[type] !== undefined ||
    reductions[type] !== undefined
  );
}

/**
 * The outputs of a node whose inputs are constants: float32 results are rounded once per node as TensorFlow
 * does, integers are exact to 2^53. Types that move elements use their op's `reference`. Undefined: cannot.
 */
export function evaluate(evaluation: Evaluation): readonly Constant[] | undefined {
  const { type, inputs } = evaluation;
  if (special[type] !== undefined) return special[type]!(evaluation);
  if (reductions[type] !== undefined) return [reduce(evaluation, reductions[type]!)];
  if (binaryTypes[type] !== undefined) return [elementwise(binaryTypes[type]!, inputs[0]!, inputs[1]!)];
  if (unaryTypes[type] !== undefined) return [mapped(unaryTypes[type]!, inputs[0]!)];
  return moved(evaluation);
}

const vector = (dtype: string, values: readonly number[]): Constant[] => [constant(dtype, [values.length], values)];

function filled(dtype: string, shape: Shape, value: number): Constant {
  const data = storage(dtype, elements(shape));
  data.fill(value);
  return { dtype, shape, data };
}

function range(inputs: readonly Constant[]): Constant {
  const [start, limit, delta] = inputs.map((input) => input.data[0]!) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return constant(
    inputs[0]!.dtype,
    [count],
    Array.from({ length: count }, (_, index) => start + index * delta),
  );
}

function cast(input: Constant, dtype: string): Constant {
  const convert =
    dtype === 'DT_BOOL'
      ? (value: number) => Number(value !== 0)
      : isInteger(dtype)
        ? Math.trunc
        : (value: number) => value;
  return mapData(dtype, input, convert);
}

function expand(input: Constant, shape: Shape): Constant {
  const data = storage(input.dtype, elements(shape));
  forEachBroadcast(shape, [input.shape], (at, [from]) => (data[at] = input.data[from!]!));
  return { dtype: input.dtype, shape, data };
}

function elementwise(name: string, a: Constant, b: Constant): Constant {
  const shape = broadcastShape(a.shape, b.shape);
  const integers = isInteger(a.dtype);
  const compute = binaryFunctions[name === 'div' && integers ? 'truncate-div' : name]!;
  const dtype = comparisons.has(name) ? 'DT_BOOL' : a.dtype;
  const data = storage(dtype, elements(shape));
  forEachBroadcast(
    shape,
    [a.shape, b.shape],
    (at, [left, right]) => (data[at] = Number(compute(a.data[left!]!, b.data[right!]!))),
  );
  return { dtype, shape, data };
}

function mapped(name: string, input: Constant): Constant {
  return mapData(comparisons.has(name) ? 'DT_BOOL' : input.dtype, input, unaryFunctions[name]!);
}

function mapData(dtype: string, { shape, data: from }: Constant, compute: (value: number) => number): Constant {
  const data = storage(dtype, from.length);
  for (let index = 0; index < data.length; index++) data[index] = compute(from[index]!);
  return { dtype, shape, data };
}

function choose([condition, yes, no]: readonly Constant[]): Constant {
  const rows =
    condition!.shape.length === 1 && yes!.shape.length > 1
      ? [condition!.shape[0]!, ...yes!.shape.slice(1).map(() => 1)]
      : condition!.shape;
  const shape = [yes!.shape, no!.shape].reduce(broadcastShape, rows);
  const data = storage(yes!.dtype, elements(shape));
  forEachBroadcast(
    shape,
    [rows, yes!.shape, no!.shape],
    (at, [c, y, n]) => (data[at] = condition!.data[c!]! !== 0 ? yes!.data[y!]! : no!.data[n!]!),
  );
  return { dtype: yes!.dtype, shape, data };
}

function gather(params: Constant, indices: Constant, axisGiven: number): Constant {
  const axis = axisGiven < 0 ? axisGiven + params.shape.length : axisGiven;
  const outer = elements(params.shape.slice(0, axis));
  const inner = elements(params.shape.slice(axis + 1));
  const size = params.shape[axis]!;
  const values: number[] = [];
  for (let row = 0; row < outer; row++) {
    for (const index of indices.data)
      for (let at = 0; at < inner; at++) values.push(params.data[(row * size + index) * inner + at]!);
  }
  return constant(
    params.dtype,
    [...params.shape.slice(0, axis), ...indices.shape, ...params.shape.slice(axis + 1)],
    values,
  );
}

function reduce({ inputs, attr }: Evaluation, combine: (values: readonly number[]) => number): Constant {
  const [input, axesGiven] = inputs as [Constant, Constant];
  const axes = new Set(Array.from(axesGiven.data, (axis) => (axis < 0 ? axis + input.shape.length : axis)));
  const kept = input.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  const groups: number[][] = Array.from({ length: elements(kept) }, () => []);
  forEachBroadcast(input.shape, [kept], (at, [group]) => groups[group!]!.push(input.data[at]!));
  const values = groups.map(combine);
  const result = isInteger(input.dtype) ? values.map(Math.trunc) : values;
  return constant(
    input.dtype,
    attr('keep_dims') === true ? kept : input.shape.filter((_, axis) => !axes.has(axis)),
    result,
  );
}

/** A type whose op only moves elements, on the constants' own typed arrays. */
function moved({ type, inputs, node }: Evaluation): readonly Constant[] | undefined {
  for (const op of tensorFlowOps(type)) {
    const reading = op.tensorflow!.read(node);
    if (reading === undefined || reading.params.length > 0) continue;
    const data = reading.inputs.map((index) => inputs[index]!);
    const shapes = op.shape(
      reading.attrs,
      data.map((input) => input.shape),
    );
    const dtype = data[0]!.dtype;
    const outputs = shapes.map((shape) => ({ dtype, shape, data: storage(dtype, elements(shape)) }));
    const fake = {
      name: node.name,
      op: op.name,
      type,
      attrs: reading.attrs,
      inputs: data.map((_, index) => index),
      outputs: outputs.map((_, index) => data.length + index),
      params: [],
      where: '',
    };
    const kind = op.rule(fake, { inputs: data.map((input) => input.shape), outputs: shapes, layout: 'NHWC' }).kind;
    if (kind !== 'shape' && kind !== 'concat' && !isFloat(dtype) && op.name !== 'pack') return undefined;
    op.reference(fake, data as readonly Tensor<any>[], outputs as readonly Tensor<any>[], 'NHWC');
    return outputs.map((output) => (reading.reshape === undefined ? output : { ...output, shape: reading.reshape }));
  }
  return undefined;
}
