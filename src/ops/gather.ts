import { fail } from '../error.js';
import { expectFeasible } from '../graph/feasible.js';
import { elements, type Shape, strides } from '../tensor.js';
import type { Op, TensorFlowNode, TensorFlowReading } from './op.js';
import { expectInputs, resolveAxis } from './support/axes.js';
import { range as indicesFrom } from './support/gather.js';
import { constantList } from './support/tensorflow.js';

/** The input is seen as `view`; along each of its axes the elements of these indices are taken (null: all). The result has `shape`. */
export type GatherAttrs = {
  readonly view: Shape;
  readonly indices: readonly (readonly number[] | null)[];
  readonly shape: Shape;
};

type Reading = TensorFlowReading<GatherAttrs> | undefined;

const reading = (attrs: GatherAttrs): TensorFlowReading<GatherAttrs> => ({ attrs, inputs: [0], params: [] });
const range = (count: number): number[] => indicesFrom(0, count);

/** The same shape with other elements along some axes. */
function along(shape: Shape, indicesOf: (size: number, axis: number) => readonly number[] | null): Reading {
  return reading({ view: shape, indices: shape.map(indicesOf), shape });
}

/** Slices along an axis, for each batch its own where the leading axes are batches. */
function readGather(node: TensorFlowNode): Reading {
  const list = constantList(node, 1);
  const stated = node.type === 'GatherV2' ? constantList(node, 2)?.[0] : 0;
  const input = node.inputShape(0);
  if (list === undefined || stated === undefined) return undefined;
  const axis = resolveAxis(stated, input.length);
  const places = node.inputShape(1);
  const given = (node.attr('batch_dims') as number | undefined) ?? 0;
  const batches = given < 0 ? given + places.length : given;
  const [outer, between] = [elements(input.slice(0, batches)), elements(input.slice(batches, axis))];
  const size = input[axis] ?? 1;
  const perBatch = list.length / outer;
  // Batches, axes between and the axis itself as one axis; outer to inner as in the result.
  const flat = range(outer * between).flatMap((row) => {
    const own = list.slice(Math.floor(row / between) * perBatch, (Math.floor(row / between) + 1) * perBatch);
    return own.map((index) => row * size + within(node, index, size));
  });
  const shape = [...input.slice(0, axis), ...places.slice(batches), ...input.slice(axis + 1)];
  if (outer * between === 1)
    return reading({ view: [size, elements(input.slice(axis + 1))], indices: [flat, null], shape });
  if (batches > 0)
    return reading({ view: [outer * between * size, elements(input.slice(axis + 1))], indices: [flat, null], shape });
  const indices = list.map((index) => within(node, index, size));
  return reading({ view: [between, size, elements(input.slice(axis + 1))], indices: [null, indices, null], shape });
}

function within(node: TensorFlowNode, index: number, size: number): number {
  return index >= 0 && index < size ? index : node.fail(`expected indices from 0 to ${size - 1}, got ${index}.`);
}

/** Slices at positions along the leading axes: the last axis of the indices holds a position. */
function readGatherNd(node: TensorFlowNode): Reading {
  const list = constantList(node, 1);
  if (list === undefined || ((node.attr('batch_dims') as number | undefined) ?? 0) !== 0) return undefined;
  const [input, places] = [node.inputShape(0), node.inputShape(1)];
  const depth = places.at(-1) ?? 0;
  const leading = input.slice(0, depth);
  const steps = strides(leading);
  const flat = range(depth === 0 ? 1 : list.length / depth).map((row) =>
    steps.reduce((sum, step, axis) => sum + step * within(node, list[row * depth + axis] ?? -1, leading[axis] ?? 0), 0),
  );
  const rest = input.slice(depth);
  const shape = [...places.slice(0, -1), ...rest];
  return reading({ view: [elements(leading), elements(rest)], indices: [flat, null], shape });
}

/** Axes backwards: ReverseV2 lists them, Reverse has a truth value for each. */
function readReverse(node: TensorFlowNode): Reading {
  const list = constantList(node, 1);
  const input = node.inputShape(0);
  if (list === undefined) return undefined;
  const axes = new Set(
    node.type === 'Reverse'
      ? list.flatMap((chosen, axis) => (chosen === 0 ? [] : axis))
      : list.map((axis) => resolveAxis(axis, input.length)),
  );
  return along(input, (size, axis) => (axes.has(axis) ? range(size).reverse() : null));
}

function readRoll(node: TensorFlowNode): Reading {
  const [shifts, axes] = [constantList(node, 1), constantList(node, 2)];
  const input = node.inputShape(0);
  if (shifts === undefined || axes === undefined) return undefined;
  const totals = input.map(() => 0);
  axes.forEach((axis, entry) => (totals[resolveAxis(axis, input.length)]! += shifts[entry] ?? 0));
  return along(input, (size, axis) => {
    const shift = totals[axis] ?? 0;
    return shift % size === 0 ? null : range(size).map((at) => (((at - shift) % size) + size) % size);
  });
}

function readBroadcast(node: TensorFlowNode): Reading {
  const shape = constantList(node, 1);
  const input = node.inputShape(0);
  if (shape === undefined) return undefined;
  const view = [...shape.slice(input.length).map(() => 1), ...input];
  expectFeasible(shape);
  if (view.some((size, axis) => size !== 1 && size !== shape[axis]))
    node.fail(`expected a shape that ${input.join('x')} broadcasts to, got ${shape.join('x')}.`);
  const indices = view.map((size, axis) => (size === shape[axis] ? null : range(shape[axis] ?? 1).map(() => 0)));
  return reading({ view, indices, shape });
}

const readers: ReadonlyMap<string, (node: TensorFlowNode) => Reading> = new Map([
  ['Gather', readGather],
  ['GatherV2', readGather],
  ['GatherNd', readGatherNd],
  ['Reverse', readReverse],
  ['ReverseV2', readReverse],
  ['Roll', readRoll],
  ['BroadcastTo', readBroadcast],
]);

/** Elements at constant indices along each axis: gathered slices, reversed, rolled or repeated axes. Moves elements only. */
export const gather: Op<GatherAttrs> = {
  name: 'gather',
  tensorflow: { types: [...readers.keys()], read: (node) => readers.get(node.type)?.(node) },
  shape({ view, indices, shape }, inputs) {
    expectInputs(inputs, 1);
    const taken = view.map((size, axis) => indices[axis]?.length ?? size);
    if (elements(view) !== elements(inputs[0]!) || elements(taken) !== elements(shape))
      fail('model', '', `expected ${elements(view)} elements in and ${elements(shape)} out, got others.`);
    return [shape];
  },
  rule: () => ({ kind: 'shape' }),
  reference({ attrs: { view, indices } }, [input], [output]) {
    const steps = strides(view);
    const lists = view.map((size, axis) => indices[axis] ?? range(size));
    let at = 0;
    const walk = (axis: number, from: number): void => {
      if (axis === view.length) return void (output!.data[at++] = input!.data[from]);
      for (const index of lists[axis]!) walk(axis + 1, from + index * steps[axis]!);
    };
    walk(0, 0);
  },
};
