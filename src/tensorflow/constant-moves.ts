import { fail } from '../error.js';
import { resolveAxis, sameShape, splitAxis } from '../ops/support/axes.js';
import { broadcastShape, forEachBroadcast } from '../ops/support/broadcast.js';
import { elements, formatShape, type Shape, strides } from '../tensor.js';
import { type Constant, constant, storage } from './constant.js';

/** `start`, `start + delta` ... below `limit` (above it for a negative delta), as Range computes them. */
export function range(dtype: string, start: number, limit: number, delta: number): Constant {
  if (delta === 0) fail('model', '', 'expected a step other than 0, got 0.');
  const data = storage(dtype, Math.max(0, Math.ceil((limit - start) / delta)));
  for (let index = 0; index < data.length; index++) data[index] = start + index * delta;
  return { dtype, shape: [data.length], data };
}

/** A constant broadcast to a shape. */
export function expand(input: Constant, shape: Shape): Constant {
  if (!sameShape(broadcastShape(input.shape, shape), shape))
    fail('model', '', `expected a shape that ${formatShape(input.shape)} broadcasts to, got ${formatShape(shape)}.`);
  const data = storage(input.dtype, elements(shape));
  forEachBroadcast(shape, [input.shape], (at, [from]) => (data[at] = input.data[from!]!));
  return { dtype: input.dtype, shape, data };
}

/**
 * Slices along an axis in the order of `indices`, whose shape takes the axis's place. Throws `model` for an index that
 * the axis does not have.
 */
export function gather(params: Constant, indices: Constant, axisGiven: number): Constant {
  const axis = resolveAxis(axisGiven, params.shape.length);
  const { outer, size, inner } = splitAxis(params.shape, axis);
  const odd = indices.data.find((index) => !Number.isInteger(index) || index < 0 || index >= size);
  if (odd !== undefined) fail('model', '', `expected indices from 0 to ${size - 1}, got ${odd}.`);
  const data = storage(params.dtype, outer * indices.data.length * inner);
  let at = 0;
  for (let row = 0; row < outer; row++) {
    for (const index of indices.data)
      for (let i = 0; i < inner; i++) data[at++] = params.data[(row * size + index) * inner + i]!;
  }
  const shape = [...params.shape.slice(0, axis), ...indices.shape, ...params.shape.slice(axis + 1)];
  return { dtype: params.dtype, shape, data };
}

/** `count` numbers from `start` to `stop`, as LinSpace computes them. */
export function evenlySpaced(start: Constant, stop: number, count: number): Constant {
  const { dtype, data } = start;
  const from = data[0] ?? fail('model', '', 'expected a number, got an empty constant.');
  const step = count > 1 ? (stop - from) / (count - 1) : 0;
  return listOf(
    dtype,
    Array.from({ length: count }, (_, index) => from + index * step),
  );
}

/** At each index the place where a permutation has it. Throws `model` for lists that are none. */
export function inverse({ dtype, data }: Constant): Constant {
  const result: number[] = [];
  data.forEach((place, index) => (result[place] = index));
  if (result.length !== data.length || result.includes(undefined as never))
    fail('model', '', `expected a permutation, got ${Array.from(data).join(',')}.`);
  return listOf(dtype, result);
}

/** Sizes or pairs along the axes of one format (NHWC by default) in the order of another; two of them are spatial. */
export function permuteByFormat(input: Constant, from = 'NHWC', to = 'NCHW'): Constant {
  const [count = 0, ...inner] = input.shape;
  const named = (format: string): string => (count === format.length ? format : format.replace(/[NC]/g, ''));
  const order = Array.from(named(to), (axis) => named(from).indexOf(axis));
  if (order.length !== count || order.includes(-1))
    fail('model', '', `expected ${from.length} or ${from.length - 2} entries for ${from}, got ${count}.`);
  const size = elements(inner);
  const data = order.flatMap((place) => Array.from(input.data.slice(place * size, (place + 1) * size)));
  return { ...listOf(input.dtype, data), shape: input.shape };
}

/** Axes of one format (NHWC by default) as axes of another. */
export function mapAxes({ dtype, shape, data }: Constant, from = 'NHWC', to = 'NCHW'): Constant {
  const places = Array.from(data, (axis) => to.indexOf(from.at(axis) ?? '?'));
  if (places.includes(-1)) fail('model', '', `expected axes of ${from}, got ${Array.from(data).join(',')}.`);
  return { ...listOf(dtype, places), shape };
}

/** The positions of the elements that are not 0, in row-major order, a row for each. */
export function places({ shape, data }: Constant): Constant {
  const steps = strides(shape);
  const found = Array.from(data).flatMap((value, index) => (value === 0 ? [] : index));
  const positions = found.flatMap((index) => shape.map((size, axis) => Math.floor(index / (steps[axis] ?? 1)) % size));
  return constant('DT_INT64', [found.length, shape.length], positions);
}

/** The elements of the first list that the second lacks, and their indices. */
export function difference(list: Constant, without: Constant): readonly Constant[] {
  const left = new Set(without.data);
  const kept = Array.from(list.data).flatMap((value, index) => (left.has(value) ? [] : index));
  const values = kept.map((index) => list.data[index] ?? 0);
  return [listOf(list.dtype, values), listOf('DT_INT32', kept)];
}

const listOf = (dtype: string, values: readonly number[]): Constant => constant(dtype, [values.length], values);
