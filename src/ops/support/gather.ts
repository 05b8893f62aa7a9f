import { fail } from '../../error.js';
import { strides, type Tensor } from '../../tensor.js';

/** Indices that are listed along one axis: 256 MiB of them. */
const LONGEST_AXIS = 2 ** 25;

/** `count` whole numbers from `begin`, `step` apart. */
export function range(begin: number, count: number, step = 1): number[] {
  if (count > LONGEST_AXIS)
    fail('unsupported', '', `expected at most ${LONGEST_AXIS} indices along an axis, got ${count}.`);
  return Array.from({ length: count }, (_, index) => begin + index * step);
}

/**
 * Writes every element of `output`, in order, from `input`: `sources` holds for each axis of the input the indices along
 * it that the output takes, in order; -1 gives `value`. The sources' lengths multiply to the output's size. Works on any
 * typed array.
 */
export function gather(
  input: Tensor<any>,
  output: Tensor<any>,
  sources: readonly (readonly number[])[],
  value = 0,
): void {
  const steps = strides(input.shape);
  const columns = sources.at(-1) ?? [0];
  const [begin = 0] = columns;
  const isRun = begin >= 0 && columns.every((column, index) => column === begin + index);
  let to = 0;
  const writeRow = (from: number): void => {
    if (isRun && from >= 0) {
      output.data.set(input.data.subarray(from + begin, from + begin + columns.length), to);
      to += columns.length;
      return;
    }
    for (const column of columns) output.data[to++] = from < 0 || column < 0 ? value : input.data[from + column];
  };
  const walk = (axis: number, from: number): void => {
    if (axis >= sources.length - 1) return writeRow(from);
    for (const index of sources[axis]!) walk(axis + 1, from < 0 || index < 0 ? -1 : from + index * steps[axis]!);
  };
  walk(0, 0);
}
