import { checkValue } from '../fixed/checks.js';
import { CODES, type Grid } from '../fixed/grid.js';
import { codeFactor } from '../fixed/quantize.js';
import { clamp } from '../fixed/rounding.js';
import type { Codes } from '../kernels/codes.js';

/** Weight codes as the overlay rounds them, [output channel][k], in the narrowest type: `quantizeWeights` on the channel's grid. */
export function overlayWeights(rows: Float32Array, params: readonly Grid[]): Codes {
  const codes = new CODES[params[0]?.bits ?? 16].array(rows.length);
  const k = rows.length / params.length;
  for (const [channel, { threshold, bits }] of params.entries()) {
    const factor = codeFactor('quantizeWeights', threshold, bits);
    const limit = Math.fround(threshold);
    for (let i = channel * k; i < (channel + 1) * k; i++) {
      const x = rows[i]!;
      if (Number.isNaN(x)) checkValue('quantizeWeights', x);
      const scaled = Math.fround(clamp(x, -limit, limit) * factor);
      // The sum of a float32 below 2^15 and a half is exact; storing it as a whole number drops its fraction.
      codes[i] = scaled < 0 ? scaled - 0.5 : scaled + 0.5;
    }
  }
  return codes;
}
