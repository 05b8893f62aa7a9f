import { zerosLike } from '../../tensor.js';
import type { Affine } from '../op.js';

/** Weight rows [output channel][k], in shared memory where the given ones are, and a bias. */
export interface RowsAndBias {
  readonly rows: Float32Array;
  readonly bias: Float32Array;
}

/** Rows scaled by their output channel, in double, rounded once; the bias follows. */
export function scaleRows(rows: Float32Array, bias: Float32Array | null, { scale, shift }: Affine): RowsAndBias {
  const depth = rows.length / scale.length;
  const scaled = zerosLike(rows);
  for (const [channel, factor] of scale.entries())
    for (let k = channel * depth, end = k + depth; k < end; k++) scaled[k] = rows[k]! * factor;
  return {
    rows: scaled,
    bias: Float32Array.from(shift, (value, c) => (bias?.[c] ?? 0) * scale[c]! + value),
  };
}

/** Columns scaled by their input channel, in double, rounded once; the shifts, through the weights, join the bias. */
export function scaleColumns(
  rows: Float32Array,
  bias: Float32Array | null,
  count: number,
  channelOf: (row: number, k: number) => number,
  { scale, shift }: Affine,
): RowsAndBias {
  const depth = rows.length / count;
  const sums = Float64Array.from({ length: count }, (_, row) => bias?.[row] ?? 0);
  const scaled = zerosLike(rows);
  for (let index = 0; index < rows.length; index++) {
    const weight = rows[index]!;
    const row = Math.floor(index / depth);
    const channel = channelOf(row, index % depth);
    sums[row] = sums[row]! + weight * shift[channel]!;
    scaled[index] = weight * scale[channel]!;
  }
  return { rows: scaled, bias: Float32Array.from(sums) };
}
