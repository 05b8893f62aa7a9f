import { fail } from '../error.js';
import type { Shape } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, sizeAlong } from './support/axes.js';
import { gather, range } from './support/gather.js';
import { oneToOne } from './support/operands.js';
import { constantList } from './support/tensorflow.js';

/** Along each axis `size` elements from `begin`, `step` apart; the result is then given `shape` (axes dropped or added). */
export type StridedSliceAttrs = {
  readonly begin: readonly number[];
  readonly step: readonly number[];
  readonly size: readonly number[];
  readonly shape: Shape;
};

/** The elements taken along one axis. */
interface Cut {
  readonly begin: number;
  readonly count: number;
  readonly step: number;
}

const axesOf = ({ begin, step, size }: StridedSliceAttrs): Cut[] =>
  begin.map((at, axis) => ({ begin: at, count: sizeAlong(size, axis), step: step[axis] ?? 1 }));

type Reading = TensorFlowReading<StridedSliceAttrs> | undefined;

function readingOf(cuts: readonly Cut[], shape: Shape): Reading {
  const attrs = {
    begin: cuts.map((cut) => cut.begin),
    step: cuts.map((cut) => cut.step),
    size: cuts.map((cut) => cut.count),
    shape,
  };
  return { attrs, inputs: [0], params: [] };
}

function readSlice(node: TensorFlowNode): Reading {
  const begins = constantList(node, 1);
  const sizes = constantList(node, 2);
  if (begins === undefined || sizes === undefined) return undefined;
  const cuts = begins.map((begin, axis): Cut => {
    const stated = sizeAlong(sizes, axis);
    return { begin, count: stated === -1 ? sizeAlong(node.inputShape(0), axis) - begin : stated, step: 1 };
  });
  return readingOf(
    cuts,
    cuts.map(({ count }) => count),
  );
}

/** One entry of a StridedSlice's lists; the masks have a bit for each entry. */
interface Entry {
  readonly begin: number;
  readonly end: number;
  readonly step: number;
  /** Whether the named mask has the entry's bit. */
  has(mask: 'begin_mask' | 'end_mask' | 'ellipsis_mask' | 'new_axis_mask' | 'shrink_axis_mask'): boolean;
}

function entriesOf(node: TensorFlowNode): Entry[] | undefined {
  const [begins, ends, steps] = [1, 2, 3].map((index) => constantList(node, index));
  if (begins === undefined || ends === undefined || steps === undefined) return undefined;
  return begins.map((begin, index) => ({
    begin,
    end: sizeAlong(ends, index),
    step: sizeAlong(steps, index),
    has: (mask) => (((node.attr(mask) as number | undefined) ?? 0) & (1 << index)) !== 0,
  }));
}

/** The elements that an entry takes along an axis of `size`, as Python's slices bound them. */
function cut({ begin, end, step, has }: Entry, size: number): Cut {
  const wrap = (at: number): number => (at < 0 ? at + size : at);
  if (has('shrink_axis_mask')) return { begin: wrap(begin), count: 1, step: 1 };
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const bounded = (at: number): number => Math.min(Math.max(wrap(at), low), high);
  const from = has('begin_mask') ? (step > 0 ? low : high) : bounded(begin);
  const to = has('end_mask') ? (step > 0 ? high : low) : bounded(end);
  return { begin: from, count: Math.max(0, Math.ceil((to - from) / step)), step };
}

/** The masks: use the whole axis, fill up with whole axes (ellipsis), add an axis, drop the axis. */
function readStrided(node: TensorFlowNode): Reading {
  const entries = entriesOf(node);
  if (entries === undefined) return undefined;
  const input = node.inputShape(0);
  const cuts: Cut[] = [];
  const shape: number[] = [];
  const takeWhole = (until: number): void => {
    for (const size of input.slice(cuts.length, until)) {
      cuts.push({ begin: 0, count: size, step: 1 });
      shape.push(size);
    }
  };
  const named = entries.filter(({ has }) => !has('new_axis_mask') && !has('ellipsis_mask')).length;
  for (const entry of entries) {
    if (entry.has('ellipsis_mask')) takeWhole(cuts.length + input.length - named);
    else if (entry.has('new_axis_mask')) shape.push(1);
    else {
      const size = input[cuts.length] ?? node.fail(`expected indices for ${input.length} axes, got more.`);
      const own = cut(entry, size);
      cuts.push(own);
      if (!entry.has('shrink_axis_mask')) shape.push(own.count);
    }
  }
  takeWhole(input.length);
  return readingOf(cuts, shape);
}

/** A box of the input, possibly with steps between its elements or backwards. Moves elements only. */
export const stridedSlice: Op<StridedSliceAttrs> = {
  name: 'strided-slice',
  tensorflow: {
    types: ['StridedSlice', 'Slice'],
    read: (node) => (node.type === 'Slice' ? readSlice(node) : readStrided(node)),
  },
  shape(attrs, inputs) {
    const [input] = expectInputs(inputs, 1);
    axesOf(attrs).forEach(({ begin, count, step }, axis) => {
      const limit = sizeAlong(input, axis);
      const last = begin + (count - 1) * step;
      if (count > 0 && !(begin >= 0 && begin < limit && last >= 0 && last < limit))
        fail('model', '', `expected a slice within the ${limit} elements of axis ${axis}, got ${begin} to ${last}.`);
    });
    return [attrs.shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference: oneToOne(({ attrs }, input, output) => {
    const ranges = axesOf(attrs).map(({ begin, count, step }) => range(begin, count, step));
    gather(input, output, ranges);
  }),
};
