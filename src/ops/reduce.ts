import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { forEachBroadcast } from './support/broadcast.js';
import { oneToOne } from './support/operands.js';
import { droppedAxes, entryOf, reductionAxes } from './support/tensorflow.js';

/** The axes that become 1. */
export type ReduceAttrs = {
  readonly operation: 'mean' | 'sum' | 'max' | 'min' | 'product';
  readonly axes: readonly number[];
};

const operations: Readonly<Record<string, ReduceAttrs['operation']>> = {
  Mean: 'mean',
  Sum: 'sum',
  Max: 'max',
  Min: 'min',
  Prod: 'product',
};

/** Start value, and how an element joins. */
const folds: Readonly<Record<ReduceAttrs['operation'], readonly [number, (value: number, x: number) => number]>> = {
  mean: [0, (value, x) => value + x],
  sum: [0, (value, x) => value + x],
  max: [-Infinity, (value, x) => Math.max(value, x)],
  min: [Infinity, (value, x) => Math.min(value, x)],
  product: [1, (value, x) => value * x],
};

function read(node: TensorFlowNode): TensorFlowReading<ReduceAttrs> | undefined {
  const axes = reductionAxes(node);
  if (axes === undefined) return undefined;
  const reading = { attrs: { operation: entryOf(node, operations), axes }, inputs: [0], params: [] };
  const reshape = droppedAxes(node, axes);
  return reshape === undefined ? reading : { ...reading, reshape };
}

/** Mean, sum, maximum, minimum or product along axes, which stay with size 1; in double in row-major order, rounded once. */
export const reduce: Op<ReduceAttrs> = {
  name: 'reduce',
  tensorflow: { types: Object.keys(operations), read },
  shape({ axes }, inputs) {
    const [input] = expectInputs(inputs, 1);
    return [input.map((size, axis) => (axes.includes(axis) ? 1 : size))];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs: { operation } }, input, output) => {
    const [start, join] = folds[operation];
    const values = new Float64Array(output.data.length).fill(start);
    forEachBroadcast(input.shape, [output.shape], (at, [to]) => (values[to!] = join(values[to!]!, input.data[at])));
    const count = elements(input.shape) / values.length;
    values.forEach((value, index) => (output.data[index] = operation === 'mean' ? value / count : value));
  }),
};
