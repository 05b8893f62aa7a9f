import { forEachBroadcast } from '../ops/support/broadcast.js';
import { elements, type Shape } from '../tensor.js';
import { type Constant, constant, storage } from './constant.js';

/** `start`, `start + delta` ... below `limit` (above it for a negative delta), as Range computes them. */
export function range(dtype: string, start: number, limit: number, delta: number): Constant {
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return constant(
    dtype,
    [count],
    Array.from({ length: count }, (_, index) => start + index * delta),
  );
}

/** A constant broadcast to a shape. */
export function expand(input: Constant, shape: Shape): Constant {
  const data = storage(input.dtype, elements(shape));
  forEachBroadcast(shape, [input.shape], (at, [from]) => (data[at] = input.data[from!]!));
  return { dtype: input.dtype, shape, data };
}

/** Slices along an axis in the order of `indices`, whose shape takes the axis's place. */
export function gather(params: Constant, indices: Constant, axisGiven: number): Constant {
  const axis = axisGiven < 0 ? axisGiven + params.shape.length : axisGiven;
  const [before, after] = [params.shape.slice(0, axis), params.shape.slice(axis + 1)];
  const [outer, inner] = [elements(before), elements(after)];
  const size = params.shape[axis]!;
  const values: number[] = [];
  for (let row = 0; row < outer; row++) {
    for (const index of indices.data)
      for (let at = 0; at < inner; at++) values.push(params.data[(row * size + index) * inner + at]!);
  }
  return constant(params.dtype, [...before, ...indices.shape, ...after], values);
}
