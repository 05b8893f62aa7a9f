import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { forEachBroadcast } from './support/broadcast.js';
import { oneToOne } from './support/operands.js';
import { droppedAxes, entryOf, reductionAxes } from './support/tensorflow.js';
import { isInteger } from './support/tensorflow-elementwise.js';

/** The axes that become 1. `whole-mean`: of integers, whose mean TensorFlow truncates. */
export type ReduceAttrs = {
  readonly operation: 'mean' | 'whole-mean' | 'sum' | 'max' | 'min' | 'product' | 'any' | 'all' | 'euclidean-norm';
  readonly axes: readonly number[];
};

const operations: Readonly<Record<string, ReduceAttrs['operation']>> = {
  Mean: 'mean',
  Sum: 'sum',
  Max: 'max',
  Min: 'min',
  Prod: 'product',
  Any: 'any',
  All: 'all',
  EuclideanNorm: 'euclidean-norm',
};

/** Start value, and how an element joins. */
const folds: Readonly<Record<ReduceAttrs['operation'], readonly [number, (value: number, x: number) => number]>> = {
  mean: [0, (value, x) => value + x],
  'whole-mean': [0, (value, x) => value + x],
  sum: [0, (value, x) => value + x],
  max: [-Infinity, (value, x) => Math.max(value, x)],
  min: [Infinity, (value, x) => Math.min(value, x)],
  product: [1, (value, x) => value * x],
  any: [0, (value, x) => (x !== 0 ? 1 : value)],
  all: [1, (value, x) => (x === 0 ? 0 : value)],
  'euclidean-norm': [0, (value, x) => value + x * x],
};

/** What becomes of a folded value of `count` elements; itself unless stated. */
const finishes: Readonly<Partial<Record<ReduceAttrs['operation'], (value: number, count: number) => number>>> = {
  mean: (value, count) => value / count,
  'whole-mean': (value, count) => Math.trunc(value / count),
  'euclidean-norm': (value) => Math.sqrt(value),
};

function read(node: TensorFlowNode): TensorFlowReading<ReduceAttrs> | undefined {
  const axes = reductionAxes(node);
  if (axes === undefined) return undefined;
  const stated = entryOf(node, operations);
  const operation = stated === 'mean' && isInteger(String(node.attr('T'))) ? 'whole-mean' : stated;
  const reading = { attrs: { operation, axes }, inputs: [0], params: [] };
  const reshape = droppedAxes(node, axes);
  return reshape === undefined ? reading : { ...reading, reshape };
}

/** Mean, sum, maximum, minimum, product, norm or truth along axes, which stay with size 1; in double in row-major order, rounded once. */
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
    const finish = finishes[operation] ?? ((value: number) => value);
    const count = elements(input.shape) / values.length;
    values.forEach((value, index) => (output.data[index] = finish(value, count)));
  }),
};
