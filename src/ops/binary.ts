import { channelAxis, elements, type Layout, type Shape, type Tensor } from '../tensor.js';
import type { Affine, Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, sameShape } from './support/axes.js';
import { broadcastShape, forEachBroadcast } from './support/broadcast.js';
import { binaryFunctions } from './support/scalar-functions.js';
import { constantTensor, dataFormat } from './support/tensorflow.js';

/** `operation`: a key of `binaryFunctions`. `constant`: the side that `params[0]` stands on, and its shape. */
export type BinaryAttrs = {
  readonly operation: string;
  readonly constant: 'left' | 'right' | 'none';
  readonly constantShape: Shape;
};

const operations: Readonly<Record<string, string>> = {
  Add: 'add',
  AddV2: 'add',
  BiasAdd: 'add',
  BiasAddV1: 'add',
  Sub: 'sub',
  Mul: 'mul',
  RealDiv: 'div',
  Div: 'div',
  Maximum: 'max',
  Minimum: 'min',
  SquaredDifference: 'squared-difference',
  Pow: 'pow',
  FloorDiv: 'floor-div',
  FloorMod: 'floor-mod',
  Greater: 'greater',
  GreaterEqual: 'greater-equal',
  Less: 'less',
  LessEqual: 'less-equal',
  Equal: 'equal',
  NotEqual: 'not-equal',
  LogicalAnd: 'and',
  LogicalOr: 'or',
  DivNoNan: 'div-no-nan',
  MulNoNan: 'mul-no-nan',
  Xlogy: 'x-times-log-y',
  Xdivy: 'x-divided-by-y',
  TruncateDiv: 'truncate-div',
  TruncateMod: 'mod',
  Mod: 'mod',
};

function operands(attrs: BinaryAttrs, inputs: readonly Shape[]): readonly [Shape, Shape] {
  if (attrs.constant === 'left') return [attrs.constantShape, inputs[0]!];
  return [inputs[0]!, attrs.constant === 'right' ? attrs.constantShape : inputs[1]!];
}

function read(node: TensorFlowNode): TensorFlowReading<BinaryAttrs> {
  const operation = operations[node.type]!;
  const left = constantTensor(node, 0);
  const right = node.type.startsWith('BiasAdd') ? bias(node) : constantTensor(node, 1);
  const constant = right ?? left;
  if (constant === undefined)
    return { attrs: { operation, constant: 'none', constantShape: [] }, inputs: [0, 1], params: [] };
  const side = right === undefined ? 'left' : 'right';
  return {
    attrs: { operation, constant: side, constantShape: constant.shape },
    inputs: [side === 'left' ? 1 : 0],
    params: [constant],
  };
}

/** A vector along the channels, shaped to broadcast over them. */
function bias(node: TensorFlowNode): Tensor | undefined {
  const found = constantTensor(node, 1);
  const rank = node.inputShape(0).length;
  const after = dataFormat(node) === 'NCHW' ? Math.max(0, rank - 2) : 0;
  return found === undefined
    ? undefined
    : { shape: [...found.shape, ...Array<number>(after).fill(1)], data: found.data };
}

/** A binary node's constant per channel, undefined if it varies along another axis or stretches the input. */
export function channelConstant(
  { attrs, params }: OpNode<BinaryAttrs>,
  input: Shape,
  layout: Layout,
): Float64Array | undefined {
  const { constantShape } = attrs;
  if (
    attrs.constant === 'none' ||
    constantShape.length > input.length ||
    !sameShape(broadcastShape(input, constantShape), input)
  )
    return undefined;
  const axis = channelAxis(input.length, layout);
  const size = constantShape[axis - input.length + constantShape.length] ?? 1;
  if (elements(constantShape) !== size) return undefined;
  return Float64Array.from({ length: input[axis]! }, (_, c) => params[0]!.data[size === 1 ? 0 : c]!);
}

function affine({ operation, constant }: BinaryAttrs, values: Float64Array): Affine | undefined {
  const ones = values.map(() => 1);
  const zeros = values.map(() => 0);
  const negated = values.map((value) => -value);
  if (operation === 'add') return { scale: ones, shift: values, alone: true };
  if (operation === 'sub')
    return constant === 'left'
      ? { scale: ones.map(() => -1), shift: values, alone: true }
      : { scale: ones, shift: negated, alone: true };
  if (operation === 'mul') return { scale: values, shift: zeros, alone: true };
  return operation === 'div' && constant === 'right'
    ? { scale: values.map((value) => 1 / value), shift: zeros, alone: true }
    : undefined;
}

/**
 * Arithmetic or comparison of two operands with broadcasting, one of them possibly a constant; in double, rounded
 * once; truth is 1. With a constant per channel it is an affine map, which folds into its neighbours.
 */
export const binary: Op<BinaryAttrs> = {
  name: 'binary',
  tensorflow: { types: Object.keys(operations), read },
  params: ({ constant, constantShape }) =>
    constant === 'none' ? [] : [{ role: 'operand', shape: constantShape, seed: 1 }],
  shape(attrs, inputs) {
    expectInputs(inputs, attrs.constant === 'none' ? 2 : 1);
    return [broadcastShape(...operands(attrs, inputs))];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs, params }, inputs, [output]) {
    const compute = binaryFunctions[attrs.operation]!;
    const shapes = operands(
      attrs,
      inputs.map((input) => input.shape),
    );
    const left = attrs.constant === 'left' ? params[0]!.data : inputs[0]!.data;
    const right = attrs.constant === 'right' ? params[0]!.data : inputs[attrs.constant === 'left' ? 0 : 1]!.data;
    forEachBroadcast(output!.shape, shapes, (at, [a, b]) => (output!.data[at] = compute(left[a!]!, right[b!]!)));
  },
  toAffine(node, { inputs, layout }) {
    const values = channelConstant(node, inputs[0]!, layout);
    return values === undefined ? undefined : affine(node.attrs, values);
  },
};
