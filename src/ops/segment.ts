import { fail } from '../error.js';
import { elements } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { oneToOne } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

/** `segments`: the segment of each row that is taken, negative: none; `rows`: which rows, null: all in order. `empty`: of a segment without rows. */
export type SegmentAttrs = {
  readonly operation: 'sum' | 'product' | 'max' | 'min' | 'mean' | 'sum-by-root';
  readonly segments: readonly number[];
  readonly rows: readonly number[] | null;
  readonly count: number;
  readonly empty: number;
};

const words: Readonly<Record<string, SegmentAttrs['operation']>> = {
  Sum: 'sum',
  Prod: 'product',
  Max: 'max',
  Min: 'min',
  Mean: 'mean',
  SqrtN: 'sum-by-root',
};

/** Start value, and how a row joins. */
const folds: Readonly<Record<SegmentAttrs['operation'], readonly [number, (value: number, x: number) => number]>> = {
  sum: [0, (value, x) => value + x],
  mean: [0, (value, x) => value + x],
  'sum-by-root': [0, (value, x) => value + x],
  product: [1, (value, x) => value * x],
  max: [-Infinity, (value, x) => Math.max(value, x)],
  min: [Infinity, (value, x) => Math.min(value, x)],
};

const LARGEST = 3.4028234663852886e38;

function read(node: TensorFlowNode): TensorFlowReading<SegmentAttrs> | undefined {
  const [, kind, word = '', stated] =
    /^(Sparse|Unsorted|)Segment([A-Z][a-z]+N?)(WithNumSegments|V2)?$/.exec(node.type) ?? [];
  const operation = words[word] ?? node.fail(`expected a segment operation, got ${node.type}.`);
  const isSparse = kind === 'Sparse';
  const rows = isSparse ? constantList(node, 1) : null;
  const segments = constantList(node, isSparse ? 2 : 1);
  const last = kind === 'Unsorted' ? 2 : stated === 'WithNumSegments' ? 3 : -1;
  const count = last < 0 ? (segments?.at(-1) ?? -1) + 1 : constantList(node, last)?.[0];
  if (rows === undefined || segments === undefined || count === undefined) return undefined;
  const extremes = { max: -LARGEST, min: LARGEST } as Readonly<Record<string, number>>;
  const empty =
    kind === 'Unsorted' ? (extremes[operation] ?? (operation === 'product' ? 1 : 0)) : word === 'Prod' ? 1 : 0;
  return { attrs: { operation, segments, rows, count, empty }, inputs: [0], params: [] };
}

/** Rows joined by the segment that each belongs to; in double in the order of the rows, rounded once. */
export const segment: Op<SegmentAttrs> = {
  name: 'segment',
  tensorflow: {
    types: [
      ...['Sum', 'Prod', 'Max', 'Min', 'Mean'].map((word) => `Segment${word}`),
      ...['Sum', 'Prod', 'Max', 'Min'].map((word) => `UnsortedSegment${word}`),
      ...['Sum', 'Mean', 'SqrtN'].flatMap((word) => [`SparseSegment${word}`, `SparseSegment${word}WithNumSegments`]),
    ],
    read,
  },
  shape({ segments, rows, count }, inputs) {
    const [input] = expectInputs(inputs, 1);
    const size = input[0] ?? 0;
    const given = rows === null ? size : rows.length;
    const odd = rows?.find((row) => row < 0 || row >= size);
    if (odd !== undefined) fail('model', '', `expected rows from 0 to ${size - 1}, got ${odd}.`);
    if (segments.length !== given)
      fail('model', '', `expected a segment for each of ${given} rows, got ${segments.length}.`);
    const most = segments.reduce((largest, id) => Math.max(largest, id), -1);
    if (most >= count) fail('model', '', `expected segments below ${count}, got ${most}.`);
    return [[count, ...input.slice(1)]];
  },
  rule: () => ({ kind: 'host' }),
  reference: oneToOne(({ attrs: { operation, segments, rows, count, empty } }, input, output) => {
    const size = elements(input.shape.slice(1));
    const [start, join] = folds[operation];
    const values = new Float64Array(output.data.length).fill(start);
    const counts = new Float64Array(count);
    segments.forEach((to, index) => {
      if (to < 0) return;
      counts[to]!++;
      const from = (rows?.[index] ?? index) * size;
      for (let i = 0; i < size; i++) values[to * size + i] = join(values[to * size + i]!, input.data[from + i]);
    });
    const divisor = (n: number): number => (operation === 'mean' ? n : operation === 'sum-by-root' ? Math.sqrt(n) : 1);
    values.forEach((value, at) => {
      const n = counts[Math.floor(at / size)]!;
      output.data[at] = n === 0 ? empty : value / divisor(n);
    });
  }),
};
