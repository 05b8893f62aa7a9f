import { type Shape, strides as stridesOf, type Tensor } from '../../tensor.js';

/** Side of the squares a transposition goes by: 32 rows of both matrices, a cache line or two of each, stay in the first cache. */
const TILE = 32;

/** `rows` x `columns` elements, at `at + row + column * step` of one array, to `at + row * step + column` of another. */
interface Plane {
  readonly rows: number;
  readonly columns: number;
  readonly fromStep: number;
  readonly toStep: number;
}

function transpose(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  { rows, columns, fromStep, toStep }: Plane,
): void {
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++)
          target[to + row * toStep + column] = source[from + row + column * fromStep]!;
      }
    }
  }
}

/**
 * A tensor of at least one axis with its axes in another order: axis `i` of the result is axis `order[i]` of the tensor.
 * `shape`: the result's shape where it is not that of the reordered axes.
 */
export function reordered(tensor: Tensor, order: readonly number[], shape?: Shape): Tensor {
  const sizes = order.map((axis) => tensor.shape[axis]!);
  const steps = order.map((axis) => stridesOf(tensor.shape)[axis]!);
  const targetSteps = stridesOf(sizes);
  const last = order.length - 1;
  // The tensor's last axis: its neighbours lie side by side in the source, those of the result's last axis in the target.
  const inner = order.indexOf(last);
  const plane: Plane = {
    rows: inner === last ? 1 : sizes[inner]!,
    columns: sizes[last]!,
    fromStep: steps[last]!,
    toStep: targetSteps[inner]!,
  };
  const outer = order.map((_, axis) => axis).filter((axis) => axis !== last && axis !== inner);
  const data = new Float32Array(tensor.data.length);
  const visit = (level: number, from: number, to: number): void => {
    if (level === outer.length) return transpose(tensor.data, from, data, to, plane);
    const axis = outer[level]!;
    for (let index = 0; index < sizes[axis]!; index++)
      visit(level + 1, from + index * steps[axis]!, to + index * targetSteps[axis]!);
  };
  visit(0, 0, 0);
  return { shape: shape ?? sizes, data };
}
