import { fail } from '../../error.js';
import { limitOf, raiseHint } from '../../limits.js';
import { elements, formatShape, type Shape } from '../../tensor.js';
import { type AtLeast, atLeast } from './operands.js';

/** A shape seen along one axis: `outer` blocks of `size` slices of `inner` elements. */
export interface AxisSplit {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The axis as an index; negative ones count from the end. Throws where the shape has no such axis. */
export function resolveAxis(axis: number, rank: number, name = 'axis'): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  return fail('model', '', `expected ${name} from ${-rank} to ${rank - 1}, got ${axis}.`);
}

/** The size of a shape along an axis that it has; negative axes count from the end. */
export function sizeAlong(shape: Shape, axis: number): number {
  return splitAxis(shape, axis).size;
}

/** Splits a shape at an axis. Throws where the shape has no such axis. */
export function splitAxis(shape: Shape, axis: number): AxisSplit {
  const index = resolveAxis(axis, shape.length);
  const [size = 1, ...rest] = shape.slice(index);
  return { outer: elements(shape.slice(0, index)), size, inner: elements(rest) };
}

/** Whether two shapes have the same sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The inputs' shapes, of which there are from `least` to `most`. Throws `model` for any other number. */
export function expectInputs<N extends 1 | 2 | 3>(
  inputs: readonly Shape[],
  least: N,
  most: number = least,
): AtLeast<Shape, N> {
  if (inputs.length >= least && inputs.length <= most) return atLeast(inputs, least);
  const wanted = most === Infinity ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
  return fail('model', '', `expected ${wanted} input${most === 1 ? '' : 's'}, got ${inputs.length}.`);
}

/** Throws unless every input has the first one's shape. */
export function expectSameShapes([first, ...others]: AtLeast<Shape, 1>): void {
  const odd = others.find((shape) => !sameShape(shape, first));
  if (odd !== undefined)
    fail('model', '', `expected inputs of one shape, got ${formatShape(first)} and ${formatShape(odd)}.`);
}

/** Throws `unsupported` for more outputs of one node than the limit of nodes. */
export function expectOutputs(count: number): void {
  if (!(count > limitOf('nodes'))) return;
  fail('unsupported', '', `expected at most ${limitOf('nodes')} outputs, got ${count}.`, raiseHint('nodes'));
}

/** Throws unless the value is an integer of at least `least`. */
export function expectInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    fail('model', '', `expected ${name} of at least ${least}, got ${value}.`);
}
