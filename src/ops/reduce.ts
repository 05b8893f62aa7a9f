import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';
import { forEachBroadcast } from './support/broadcast.js';
import { constantList } from './support/tensorflow.js';

/** The axes that become 1. */
export type ReduceAttrs = {
  readonly operation: 'mean' | 'sum' | 'max' | 'min' | 'product' | 'any' | 'all' | 'euclidean-norm';
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
  sum: [0, (value, x) => value + x],
  max: [-Infinity, (value, x) => Math.max(value, x)],
  min: [Infinity, (value, x) => Math.min(value, x)],
  product: [1, (value, x) => value * x],
  any: [0, (value, x) => (x !== 0 ? 1 : value)],
  all: [1, (value, x) => (x === 0 ? 0 : value)],
  'euclidean-norm': [0, (value, x) => value + x * x],
};

/** The axes a TensorFlow reduction names, ascending; undefined if they depend on the input. */
export function reductionAxes(node: TensorFlowNode): number[] | undefined {
  const rank = node.inputShape(0).length;
  const axes = constantList(node, 1)?.map((axis) => resolveAxis(axis, rank));
  return axes === undefined ? undefined : [...new Set(axes)].sort((a, b) => a - b);
}

/** The shape of a reduction without `keep_dims`, undefined with it. */
export function droppedAxes(node: TensorFlowNode, axes: readonly number[]): number[] | undefined {
  return node.attr('keep_dims') === true ? undefined : node.inputShape(0).filter((_, axis) => !axes.includes(axis));
}

function read(node: TensorFlowNode): TensorFlowReading<ReduceAttrs> | undefined {
  const axes = reductionAxes(node);
  if (axes === undefined) return undefined;
  const reading = { attrs: { operation: operations[node.type]!, axes }, inputs: [0], params: [] };
  const reshape = droppedAxes(node, axes);
  return reshape === undefined ? reading : { ...reading, reshape };
}

/** Mean, sum, maximum, minimum, product, norm or truth along axes, which stay with size 1; in double in row-major order, rounded once. */
export const reduce: Op<ReduceAttrs> = {
  name: 'reduce',
  tensorflow: { types: Object.keys(operations), read },
  shape({ axes }, inputs) {
    expectInputs(inputs, 1);
    return [inputs[0]!.map((size, axis) => (axes.includes(axis) ? 1 : size))];
  },
  rule: () => ({ kind: 'host' }),
  reference({ attrs: { operation } }, [input], [output]) {
    const [start, join] = folds[operation];
    const values = new Float64Array(output!.data.length).fill(start);
    forEachBroadcast(input!.shape, [output!.shape], (at, [to]) => (values[to!] = join(values[to!]!, input!.data[at])));
    const count = elements(input!.shape) / values.length;
    const finish =
      operation === 'mean'
        ? (value: number) => value / count
        : operation === 'euclidean-norm'
          ? Math.sqrt
          : (value: number) => value;
    values.forEach((value, index) => (output!.data[index] = finish(value)));
  },
};
