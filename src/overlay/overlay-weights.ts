import type { Grid } from '../fixed/grid.js';
import { quantizeWeights } from '../fixed/index.js';

/** Weight codes as the overlay rounds them, [output channel][k]: `quantizeWeights` on the channel's grid. */
export function overlayWeights(rows: Float32Array, params: readonly Grid[]): Int16Array {
  const codes = new Int16Array(rows.length);
  const k = rows.length / params.length;
  for (const [channel, { threshold, bits }] of params.entries()) {
    for (let i = channel * k; i < (channel + 1) * k; i++) codes[i] = quantizeWeights(threshold, bits, rows[i]!);
  }
  return codes;
}
