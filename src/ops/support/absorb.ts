import type { Affine } from '../op.js';

/** Weight rows [output channel][k] and a bias. */
export interface RowsAndBias {
  readonly rows: Float32Array;
  readonly bias: Float32Array;
}

/** Rows scaled by their output channel, in double, rounded once; the bias follows. */
export function scaleRows(rows: Float32Array, bias: Float32Array | null, { scale, shift }: Affine): RowsAndBias {
  const depth = rows.length / scale.length;
  return {
    rows: rows.map((weight, index) => weight * scale[Math.floor(index / depth)]!),
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
  const scaled = rows.map((weight, index) => {
    const row = Math.floor(index / depth);
    const channel = channelOf(row, index % depth);
    sums[row] = sums[row]! + weight * shift[channel]!;
    return weight * scale[channel]!;
  });
  return { rows: scaled, bias: Float32Array.from(sums) };
}
