import { fail } from '../error.js';
import type { Lowering } from '../kernels/lowering.js';
import { elements } from '../tensor.js';
import type { Op, OpNode, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, expectSameShapes, sameShape } from './support/axes.js';

/** `coefficients`: of a sum, one per input; empty: all 1. */
export type EltwiseAttrs = { readonly operation: 'sum' | 'max' | 'product'; readonly coefficients: readonly number[] };

const operations: Readonly<Record<string, EltwiseAttrs['operation']>> = { SUM: 'sum', MAX: 'max', PROD: 'product' };

/** Coefficients of every input. */
const coefficientsOf = ({ attrs, inputs }: OpNode<EltwiseAttrs>): readonly number[] =>
  attrs.coefficients.length > 0 ? attrs.coefficients : inputs.map(() => 1);

function combine(operation: EltwiseAttrs['operation'], terms: readonly number[]): number {
  if (operation === 'sum') return terms.reduce((sum, term) => sum + term);
  if (operation === 'product') return terms.reduce((product, term) => product * term);
  return terms.reduce((largest, term) => Math.max(largest, term));
}

/**
 * Operand after operand on a kernel. One double sum or product of two float32 rounds to what the float32 operation gives,
 * so two operands without coefficients do; a maximum is exact for any number.
 */
function lower(
  { attrs: { operation, coefficients }, inputs }: OpNode<EltwiseAttrs>,
  count: number,
): Lowering | undefined {
  const plain = coefficients.every((coefficient) => coefficient === 1);
  if (operation !== 'max' && (inputs.length > 2 || !plain)) return undefined;
  const kernel = ({ sum: 'add_f32', product: 'multiply_f32', max: 'max_f32' } as const)[operation];
  return {
    constants: 0,
    scratch: 0,
    prepare: () => {},
    run({ kernels }, at) {
      const [first, ...rest] = at.inputs;
      rest.forEach((next, i) => kernels[kernel](i === 0 ? first! : at.outputs[0]!, next, at.outputs[0]!, count));
    },
  };
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
      const operation = operations[message['operation']]!;
      // Caffe refuses coefficients of a product and ignores those of a maximum.
      return { operation, coefficients: operation === 'max' ? [] : [...message['coeff']] };
    },
  },
  tensorflow: { types: ['Add', 'AddV2', 'AddN', 'Sub', 'Mul', 'Maximum'], read: readTensorFlow },
  shape({ operation, coefficients }, inputs) {
    expectInputs(inputs, 2, Infinity);
    expectSameShapes(inputs);
    if (coefficients.length > 0 && operation !== 'sum')
      fail('model', '', `expected coefficients with a sum only, got them with ${operation}.`);
    if (coefficients.length > 0 && coefficients.length !== inputs.length) {
      fail('model', '', `expected ${inputs.length} coefficients, one per input, got ${coefficients.length}.`);
    }
    return [inputs[0]!];
  },
  rule(node) {
    const { operation } = node.attrs;
    return operation === 'product'
      ? { kind: 'host' }
      : { kind: 'eltwise', operation, coefficients: coefficientsOf(node) };
  },
  reference({ attrs }, inputs, [output]) {
    const { operation, coefficients } = attrs;
    const weighted = operation === 'sum' && coefficients.length > 0;
    const terms = inputs.map(() => 0);
    for (let index = 0; index < output!.data.length; index++) {
      inputs.forEach((input, i) => (terms[i] = weighted ? coefficients[i]! * input.data[index] : input.data[index]));
      output!.data[index] = combine(operation, terms);
    }
  },
  lower: (node, { outputs }, fused) => (fused === undefined ? lower(node, elements(outputs[0]!)) : undefined),
};
