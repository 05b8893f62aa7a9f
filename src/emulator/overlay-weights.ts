import { quantizeWeights } from '../fixed/index.js';

/** Weight codes as the overlay rounds them, [output channel][k]: `quantizeWeights` with the channel's threshold. */
export function overlayWeights(rows: Float32Array, thParams: readonly number[], bw: number): Int16Array {
  const codes = new Int16Array(rows.length);
  const k = rows.length / thParams.length;
  thParams.forEach((th, c) => {
    for (let i = c * k; i < (c + 1) * k; i++) codes[i] = quantizeWeights(th, bw, rows[i]!);
  });
  return codes;
}
