import { checkValue } from '../fixed/checks.js';
import { CODES, type Grid } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import type { Codes } from '../kernels/codes.js';

/** Weight codes as the overlay rounds them, [output channel][k], in the narrowest type: `quantizeWeights` on the channel's grid. */
export function overlayWeights(rows: Float32Array, params: readonly Grid[]): Codes {
  const codes = new CODES[params[0]?.bits ?? 16].array(rows.length);
  const patterns = new Int32Array(rows.buffer, rows.byteOffset, rows.length);
  const k = rows.length / params.length;
  for (const [channel, { threshold, bits }] of params.entries()) {
    const factor = codeFactor('quantizeWeights', threshold, bits);
    const limit = Math.fround(threshold);
    for (let i = channel * k; i < (channel + 1) * k; i++) {
      const size = Math.abs(rows[i]!);
      if (Number.isNaN(size)) checkValue('quantizeWeights', size);
      // Halves away from zero: the sum of a float32 below 2^15 and a half is exact, and its fraction is dropped. Weights have
      // either sign at random: the sign is set without a branch.
      const code = (Math.fround((size > limit ? limit : size) * factor) + 0.5) | 0;
      const sign = patterns[i]! >> 31;
      codes[i] = (code ^ sign) - sign;
    }
  }
  return codes;
}
