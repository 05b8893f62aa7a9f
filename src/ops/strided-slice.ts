import { fail } from '../error.js';
import { elements, type Shape, strides } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs } from './support/axes.js';
import { constantList } from './support/tensorflow.js';

/** Along each axis `size` elements from `begin`, `step` apart; the result is then given `shape` (axes dropped or added). */
export type StridedSliceAttrs = {
  readonly begin: readonly number[];
  readonly step: readonly number[];
  readonly size: readonly number[];
  readonly shape: Shape;
};

type Reading = TensorFlowReading<StridedSliceAttrs> | undefined;

function readSlice(node: TensorFlowNode): Reading {
  const begin = constantList(node, 1);
  const given = constantList(node, 2);
  if (begin === undefined || given === undefined) return undefined;
  const size = given.map((count, axis) => (count === -1 ? node.inputShape(0)[axis]! - begin[axis]! : count));
  return { attrs: { begin, step: begin.map(() => 1), size, shape: size }, inputs: [0], params: [] };
}

/** The masks have a bit per entry of the three lists: use the whole axis, fill up with axes, add one, drop one. */
function readStrided(node: TensorFlowNode): Reading {
  const lists = [1, 2, 3].map((index) => constantList(node, index));
  if (lists.some((list) => list === undefined)) return undefined;
  const [begins, ends, steps] = lists as [number[], number[], number[]];
  const input = node.inputShape(0);
  const has = (mask: string, entry: number): boolean =>
    (((node.attr(mask) as number | undefined) ?? 0) & (1 << entry)) !== 0;
  const result = { begin: [] as number[], step: [] as number[], size: [] as number[], shape: [] as number[] };
  const whole = (): void => {
    const size = input[result.begin.length]!;
    result.begin.push(0);
    result.step.push(1);
    result.size.push(size);
    result.shape.push(size);
  };
  const added = begins.filter((_, entry) => has('new_axis_mask', entry)).length;
  begins.forEach((_, entry) => {
    if (has('ellipsis_mask', entry)) {
      const named = begins.length - 1 - added;
      for (let count = input.length - named; count > 0; count--) whole();
    } else if (has('new_axis_mask', entry)) result.shape.push(1);
    else cut(entry);
  });
  while (result.begin.length < input.length) whole();
  return { attrs: result, inputs: [0], params: [] };

  function cut(entry: number): void {
    const size = input[result.begin.length] ?? node.fail(`expected indices for ${input.length} axes, got more.`);
    const drops = has('shrink_axis_mask', entry);
    const step = drops ? 1 : steps[entry]!;
    const wrap = (at: number): number => (at < 0 ? at + size : at);
    const bounded = (at: number): number =>
      step > 0 ? Math.min(Math.max(at, 0), size) : Math.min(Math.max(at, -1), size - 1);
    const begin = drops
      ? wrap(begins[entry]!)
      : has('begin_mask', entry)
        ? step > 0
          ? 0
          : size - 1
        : bounded(wrap(begins[entry]!));
    const end = has('end_mask', entry) ? (step > 0 ? size : -1) : bounded(wrap(ends[entry]!));
    const count = drops ? 1 : Math.max(0, Math.ceil((end - begin) / step));
    result.begin.push(begin);
    result.step.push(step);
    result.size.push(count);
    if (!drops) result.shape.push(count);
  }
}

/** A box of the input, possibly with steps between its elements or backwards. Moves elements only. */
export const stridedSlice: Op<StridedSliceAttrs> = {
  name: 'strided-slice',
  tensorflow: {
    types: ['StridedSlice', 'Slice'],
    read: (node) => (node.type === 'Slice' ? readSlice(node) : readStrided(node)),
  },
  shape({ begin, step, size, shape }, inputs) {
    expectInputs(inputs, 1);
    inputs[0]!.forEach((limit, axis) => {
      const last = begin[axis]! + (size[axis]! - 1) * step[axis]!;
      if (size[axis]! > 0 && !(begin[axis]! >= 0 && begin[axis]! < limit && last >= 0 && last < limit)) {
        fail(
          'model',
          '',
          `expected a slice within the ${limit} elements of axis ${axis}, got ${begin[axis]} to ${last}.`,
        );
      }
    });
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs: { begin, step, size } }, [input], [output]) {
    const steps = strides(input!.shape);
    const walk = (axis: number, at: number, from: number): void => {
      if (axis === size.length) return void (output!.data[at] = input!.data[from]);
      const run = elements(size.slice(axis + 1));
      for (let index = 0; index < size[axis]!; index++)
        walk(axis + 1, at + index * run, from + (begin[axis]! + index * step[axis]!) * steps[axis]!);
    };
    walk(0, 0, 0);
  },
};
