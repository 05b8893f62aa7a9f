import { fail } from '../error.js';
import { tensorFlowOps } from '../ops/index.js';
import type { TensorFlowNode } from '../ops/op.js';
import { broadcastShape } from '../ops/support/broadcast.js';
import { binaryTypes, unaryTypes } from '../ops/support/tensorflow-elementwise.js';
import { elements } from '../tensor.js';
import { type Constant, constant, isFloat, storage } from './constant.js';
import { cast, choose, filled, mapBinary, mapUnary, reduceConstant } from './constant-arithmetic.js';
import {
  difference,
  evenlySpaced,
  expand,
  gather,
  inverse,
  mapAxes,
  permuteByFormat,
  places,
  range,
} from './constant-moves.js';
import { dequantize } from './dequantize.js';
import { required } from './required.js';

/** A node whose inputs are all constants. `node` shows it to operators. */
export interface Evaluation {
  readonly type: string;
  readonly attr: (name: string) => any;
  readonly inputs: readonly Constant[];
  readonly node: TensorFlowNode;
}

type Reduction = (values: readonly number[]) => number;

type Evaluator = (at: (index: number) => Constant, evaluation: Evaluation) => Constant;

const twoOperands: ReadonlyMap<string, string> = new Map(Object.entries(binaryTypes));
/** Types of one operand and their functions, those with an operator of their own among them. */
const oneOperand: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...unaryTypes, Abs: 'abs', Exp: 'exp', Log: 'log', Relu: 'relu' }),
);
const reductions: ReadonlyMap<string, Reduction> = new Map(
  Object.entries<Reduction>({
    Sum: (values) => values.reduce((sum, value) => sum + value, 0),
    Prod: (values) => values.reduce((product, value) => product * value, 1),
    Mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
    Max: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
    Min: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
    All: (values) => Number(values.every((value) => value !== 0)),
    Any: (values) => Number(values.some((value) => value !== 0)),
  }),
);

/** Types that no table of functions holds. `at` gives the node's inputs by index. */
const special: ReadonlyMap<string, Evaluator> = new Map(
  Object.entries<Evaluator>({
    Range: (at) => range(at(0).dtype, scalar(at(0)), scalar(at(1)), scalar(at(2))),
    Fill: (at) => filled(at(1).dtype, Array.from(at(0).data), scalar(at(1))),
    ZerosLike: (at) => filled(at(0).dtype, at(0).shape, 0),
    OnesLike: (at) => filled(at(0).dtype, at(0).shape, 1),
    Cast: (at, { attr }) => cast(at(0), attr('DstT')),
    BroadcastTo: (at) => expand(at(0), Array.from(at(1).data)),
    BroadcastArgs: (at) => vector(at(0).dtype, broadcastShape(Array.from(at(0).data), Array.from(at(1).data))),
    Select: (at) => choose(at(0), at(1), at(2)),
    SelectV2: (at) => choose(at(0), at(1), at(2)),
    Gather: (at) => gather(at(0), at(1), 0),
    GatherV2: (at) => gather(at(0), at(1), scalar(at(2))),
    Dequantize: (at, { attr }) => dequantize(at(0), scalar(at(1)), scalar(at(2)), attr('mode') ?? 'MIN_COMBINED'),
    LinSpace: (at) => evenlySpaced(at(0), scalar(at(1)), scalar(at(2))),
    Where: (at) => places(at(0)),
    InvertPermutation: (at) => inverse(at(0)),
    DataFormatVecPermute: (at, { attr }) => permuteByFormat(at(0), attr('src_format'), attr('dst_format')),
    DataFormatDimMap: (at, { attr }) => mapAxes(at(0), attr('src_format'), attr('dst_format')),
    AddN: (at, { inputs }) => inputs.slice(1).reduce((sum, next) => mapBinary('add', sum, next), at(0)),
  }),
);

/** Types of several outputs. */
const several: ReadonlyMap<string, (at: (index: number) => Constant) => readonly Constant[]> = new Map([
  ['ListDiff', (at) => difference(at(0), at(1))],
]);

/** The first element. */
const scalar = ({ data: [value] }: Constant): number =>
  value ?? fail('model', '', 'expected a number, got an empty constant.');
const vector = (dtype: string, values: readonly number[]): Constant => constant(dtype, [values.length], values);

/** Whether a node of this type computes each element from those of two operands. */
export function isElementwise(type: string): boolean {
  return twoOperands.has(type);
}

/** Types that are computed from constants without an operator. */
export const evaluatedTypes: ReadonlySet<string> = new Set([
  ...special.keys(),
  ...several.keys(),
  ...Object.keys(binaryTypes),
  ...oneOperand.keys(),
  ...reductions.keys(),
]);

/** Whether a node of this type can be computed from constants. */
export function canEvaluate(type: string): boolean {
  return evaluatedTypes.has(type);
}

/**
 * The outputs of a node whose inputs are constants: float32 results are rounded once per node as TensorFlow
 * does, integers are exact to 2^53. Types that move elements use their operator's `reference`. Undefined for other
 * types. Throws `model` where the node has too few inputs.
 */
export function evaluate(evaluation: Evaluation): readonly Constant[] | undefined {
  const { type, attr, inputs, node } = evaluation;
  const at = (index: number): Constant =>
    numeric(inputs[index] ?? node.fail(`expected at least ${index + 1} inputs, got ${inputs.length}.`), node);
  const [compute, combine, binary, unary] = [
    special.get(type),
    reductions.get(type),
    twoOperands.get(type),
    oneOperand.get(type),
  ];
  if (compute !== undefined) return [compute(at, evaluation)];
  const computeAll = several.get(type);
  if (computeAll !== undefined) return computeAll(at);
  if (combine !== undefined) return [reduceConstant(at(0), at(1), attr('keep_dims') === true, combine)];
  if (binary !== undefined) return [mapBinary(binary, at(0), at(1))];
  if (unary !== undefined) return [mapUnary(unary, at(0))];
  return evaluateByOperator(evaluation);
}

/** The constant. Throws `model` for text, which has no numbers. */
function numeric(input: Constant, node: Pick<TensorFlowNode, 'fail'>): Constant {
  return input.dtype === 'DT_STRING' ? node.fail('expected constants of numbers, got text.') : input;
}

/** Operators that keep integers exact although they compute. */
const exactOnIntegers: ReadonlySet<string> = new Set([
  'pack',
  'cumulative',
  'top-k',
  'one-hot',
  'lookup',
  'matrix-diag',
  'matrix-diag-part',
  'reverse-sequence',
  'scatter',
]);

/** By the reference of the operator that reads the node. Types other than float32 are moved or counted only. */
function evaluateByOperator({ type, inputs, node }: Evaluation): readonly Constant[] | undefined {
  for (const op of tensorFlowOps(type)) {
    const reading = op.tensorflow?.read(node);
    if (reading === undefined) continue;
    const { attrs, params, reshape } = reading;
    const data = reading.inputs.map((index) => {
      const input = inputs[index] ?? node.fail(`expected at least ${index + 1} inputs, got ${inputs.length}.`);
      return numeric(input, node);
    });
    const dtype = required(data[0], 'an input').dtype;
    if (params.length > 0 && !isFloat(dtype)) continue;
    const shapes = op.shape(
      attrs,
      data.map((input) => input.shape),
    );
    const outputs = shapes.map((shape) => ({ dtype, shape, data: storage(dtype, elements(shape)) }));
    const standIn = {
      name: node.name,
      op: op.name,
      type,
      attrs,
      inputs: data.map((_, index) => index),
      outputs: outputs.map((_, index) => data.length + index),
      params,
      where: '',
    };
    const { kind } = op.rule(standIn, { inputs: data.map((input) => input.shape), outputs: shapes, layout: 'NHWC' });
    if (kind !== 'shape' && kind !== 'concat' && !isFloat(dtype) && !exactOnIntegers.has(op.name)) return undefined;
    op.reference(standIn, data, outputs, 'NHWC');
    return outputs.map((output) => (reshape === undefined ? output : { ...output, shape: reshape }));
  }
  return undefined;
}
