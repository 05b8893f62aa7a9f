import { channelAxis, elements, type Layout, type Shape, type Tensor } from '../tensor.js';
import type { Affine, Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, sameShape, sizeAlong } from './support/axes.js';
import { broadcastShape, forEachBroadcast } from './support/broadcast.js';
import { atLeast, first } from './support/operands.js';
import { binaryFunction } from './support/scalar-functions.js';
import { constantTensor, dataFormat } from './support/tensorflow.js';
import { binaryFunctionOf, binaryTypes } from './support/tensorflow-elementwise.js';

/** `operation`: the name of a `binaryFunction`. `constant`: the side that `params[0]` stands on, and its shape. */
export type BinaryAttrs = {
  readonly operation: string;
  readonly constant: 'left' | 'right' | 'none';
  readonly constantShape: Shape;
};

/** The left and the right operand, of which one may be a constant. */
function inOrder<T>({ constant }: BinaryAttrs, inputs: readonly T[], constants: readonly T[]): readonly [T, T] {
  if (constant === 'none') return atLeast(inputs, 2).slice(0, 2) as [T, T];
  return constant === 'left' ? [first(constants), first(inputs)] : [first(inputs), first(constants)];
}

const operandShapes = (attrs: BinaryAttrs, inputs: readonly Shape[]): readonly [Shape, Shape] =>
  inOrder(attrs, inputs, [attrs.constantShape]);

function read(node: TensorFlowNode): TensorFlowReading<BinaryAttrs> {
  const operation = binaryFunctionOf(node.type, node.attr('T')) ?? 'add';
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
    input.length === 0 ||
    constantShape.length > input.length ||
    !sameShape(broadcastShape(input, constantShape), input)
  )
    return undefined;
  const axis = channelAxis(input.length, layout);
  const size = constantShape[axis - input.length + constantShape.length] ?? 1;
  if (elements(constantShape) !== size) return undefined;
  const { data } = first(params);
  return Float64Array.from({ length: sizeAlong(input, axis) }, (_, c) => data[size === 1 ? 0 : c]!);
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
  tensorflow: { types: [...Object.keys(binaryTypes), 'BiasAdd', 'BiasAddV1'], read },
  params: ({ constant, constantShape }) =>
    constant === 'none' ? [] : [{ role: 'operand', shape: constantShape, seed: 1 }],
  shape(attrs, inputs) {
    expectInputs(inputs, attrs.constant === 'none' ? 2 : 1);
    return [broadcastShape(...operandShapes(attrs, inputs))];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs, params }, inputs, outputs) {
    const { shape, data } = first(outputs);
    const compute = binaryFunction(attrs.operation);
    const shapes = operandShapes(
      attrs,
      inputs.map((input) => input.shape),
    );
    const tensors = inOrder(attrs, inputs, params);
    const [left, right] = [tensors[0].data, tensors[1].data];
    forEachBroadcast(shape, shapes, (at, [a, b]) => (data[at] = compute(left[a!], right[b!])));
  },
  toAffine(node, { inputs, layout }) {
    const values = channelConstant(node, first(inputs), layout);
    return values === undefined ? undefined : affine(node.attrs, values);
  },
};
