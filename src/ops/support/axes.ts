import { fail } from '../../error.js';
import { elements, formatShape, type Shape } from '../../tensor.js';

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

/** Splits a shape at an axis that exists. */
export function splitAxis(shape: Shape, axis: number): AxisSplit {
  const at = resolveAxis(axis, shape.length);
  return { outer: elements(shape.slice(0, at)), size: shape[at]!, inner: elements(shape.slice(at + 1)) };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** Throws unless there are from `least` to `most` inputs. */
export function expectInputs(inputs: readonly Shape[], least: number, most = least): void {
  if (inputs.length >= least && inputs.length <= most) return;
  const wanted = most === Infinity ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
  fail('model', '', `expected ${wanted} input${most === 1 ? '' : 's'}, got ${inputs.length}.`);
}

/** Throws unless every input has the first one's shape. */
export function expectSameShapes(inputs: readonly Shape[]): void {
  const odd = inputs.find((shape) => !sameShape(shape, inputs[0]!));
  if (odd !== undefined)
    fail('model', '', `expected inputs of one shape, got ${formatShape(inputs[0]!)} and ${formatShape(odd)}.`);
}

/** Throws unless the value is an integer of at least `least`. */
export function expectInteger(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    fail('model', '', `expected ${name} of at least ${least}, got ${value}.`);
}
