import { fail } from '../../error.js';
import { type Shape, strides } from '../../tensor.js';

/** The shape two operands are broadcast to: aligned at the last axis, 1 stretches. Throws `model` if they do not fit. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      fail('model', '', `expected operands that broadcast, got shapes [${a.join(', ')}] and [${b.join(', ')}].`);
    return left === 1 ? right : left;
  });
}

/** Strides of an operand along the axes of `shape`: 0 where it is stretched. */
function stretchedStrides(shape: Shape, operand: Shape): number[] {
  const own = strides(operand);
  const missing = shape.length - operand.length;
  return shape.map((_, axis) => (axis < missing || operand[axis - missing] === 1 ? 0 : own[axis - missing]!));
}

/**
 * Calls `visit` for every element of `shape` in order, with its index and the index of the element each operand
 * is broadcast from. The array of indices is reused.
 */
export function forEachBroadcast(
  shape: Shape,
  operands: readonly Shape[],
  visit: (at: number, from: readonly number[]) => void,
): void {
  const steps = operands.map((operand) => stretchedStrides(shape, operand));
  const from = operands.map(() => 0);
  const counters = shape.map(() => 0);
  const count = shape.reduce((product, size) => product * size, 1);
  for (let at = 0; at < count; at++) {
    visit(at, from);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const wraps = ++counters[axis]! === shape[axis];
      for (let operand = 0; operand < from.length; operand++)
        from[operand]! += steps[operand]![axis]! * (wraps ? 1 - shape[axis]! : 1);
      if (!wraps) break;
      counters[axis] = 0;
    }
  }
}
