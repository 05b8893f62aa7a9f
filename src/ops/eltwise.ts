import { fail } from '../error.js';
import { lowerFoldF32 } from '../kernels/elementwise.js';
import type { Lowering } from '../kernels/lowering.js';
import { elements } from '../tensor.js';
import type { Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectSameShapes, sameShape } from './support/axes.js';
import { first } from './support/operands.js';

/** `coefficients`: of a sum, one per input; empty: all 1. */
export type EltwiseAttrs = { readonly operation: 'sum' | 'max' | 'product'; readonly coefficients: readonly number[] };

const operations: Readonly<Record<string, EltwiseAttrs['operation']>> = { SUM: 'sum', MAX: 'max', PROD: 'product' };

/** The coefficient of each input; 1 where none are stated. */
const coefficientsOf = ({ attrs, inputs }: OpNode<EltwiseAttrs>): readonly number[] =>
  attrs.coefficients.length > 0 ? attrs.coefficients : inputs.map(() => 1);

function combine(operation: EltwiseAttrs['operation'], terms: readonly number[]): number {
  if (operation === 'sum') return terms.reduce((sum, term) => sum + term);
  if (operation === 'product') return terms.reduce((product, term) => product * term);
  return terms.reduce((largest, term) => Math.max(largest, term));
}

/**
 * Operand after operand on a kernel. One double sum or product of two float32 rounds to what the float32 operation gives, so
 * that two operands without coefficients have the bits of the reference. A maximum has them for any number of operands.
 */
function lower(
  { attrs: { operation, coefficients }, inputs }: OpNode<EltwiseAttrs>,
  count: number,
): Lowering | undefined {
  const plain = coefficients.every((coefficient) => coefficient === 1);
  return operation === 'max' || (inputs.length === 2 && plain) ? lowerFoldF32(count, operation) : undefined;
}

/** Arithmetic of activations of one shape; constants and broadcasting are the `binary` op's. */
function readTensorFlow(node: TensorFlowNode): TensorFlowReading<EltwiseAttrs> | undefined {
  const inputs = Array.from({ length: node.inputCount }, (_, index) => index);
  const plain = inputs.every(
    (index) => node.constant(index) === undefined && sameShape(node.inputShape(index), node.inputShape(0)),
  );
  if (node.inputCount < 2 || !(plain || node.type === 'AddN')) return undefined;
  const operation = node.type === 'Mul' ? 'product' : node.type === 'Maximum' ? 'max' : 'sum';
  return { attrs: { operation, coefficients: node.type === 'Sub' ? [1, -1] : [] }, inputs, params: [] };
}

/** Sum with coefficients, product or maximum of inputs of one shape, in double in their order, rounded once. */
export const eltwise: Op<EltwiseAttrs> = {
  name: 'eltwise',
  caffe: {
    types: ['Eltwise'],
    attributes(layer) {
      const message = layer.param('eltwise_param');
      const stated: string = message['operation'];
      const operation = operations[stated] ?? layer.fail(`expected operation SUM, MAX or PROD, got ${stated}.`);
      // Caffe refuses coefficients of a product and ignores those of a maximum.
      return { operation, coefficients: operation === 'max' ? [] : [...message['coeff']] };
    },
  },
  tensorflow: { types: ['Add', 'AddV2', 'AddN', 'Sub', 'Mul', 'Maximum'], read: readTensorFlow },
  shape({ operation, coefficients }, inputs) {
    const shapes = expectInputs(inputs, 2, Infinity);
    expectSameShapes(shapes);
    if (coefficients.length > 0 && operation !== 'sum')
      fail('model', '', `expected coefficients with a sum only, got them with ${operation}.`);
    if (coefficients.length > 0 && coefficients.length !== inputs.length) {
      fail('model', '', `expected ${inputs.length} coefficients, one per input, got ${coefficients.length}.`);
    }
    return [shapes[0]];
  },
  rule(node) {
    const { operation } = node.attrs;
    return operation === 'product'
      ? { kind: 'host' }
      : { kind: 'eltwise', operation, coefficients: coefficientsOf(node) };
  },
  reference(node, inputs, outputs) {
    const { data } = first(outputs);
    const coefficients = coefficientsOf(node);
    const terms = inputs.map(() => 0);
    for (let index = 0; index < data.length; index++) {
      inputs.forEach((input, i) => (terms[i] = coefficients[i]! * input.data[index]));
      data[index] = combine(node.attrs.operation, terms);
    }
  },
  lower: (node, { outputs }, fused) => (fused === undefined ? lower(node, elements(first(outputs))) : undefined),
};
