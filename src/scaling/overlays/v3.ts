import { INT24 } from '../../fixed/grid.js';
import { quantizeBiasV3 } from '../../fixed/index.js';
import { limits, type Overlay } from './overlay.js';

/** Layers with a wide sum, and a triple for each channel. */
const accumulating = { 8: limits(0, 16, 32), 16: limits(24, 16, 24) };
const other = { 8: limits(0, 16, 40), 16: limits(0, 16, 32) };
const largestBias = { 8: INT24.largest, 16: 2 ** 31 };

/**
 * Overlay v3: 16 bits of scale, the bias added to the accumulator. At 8 bits nothing is shifted or clamped before
 * scaling and the bias has 24 bits; at 16 bits the sum is clamped to 24 bits and the bias code stands for its upper bits.
 * Scale has the row of a Convolution at 16 bits, unlike the original's files: its sum would otherwise be clamped to 24
 * bits unshifted.
 */
export const v3 = {
  name: 'v3',
  limits: {
    Convolution: accumulating,
    Deconvolution: accumulating,
    InnerProduct: accumulating,
    Scale: { 8: other[8], 16: accumulating[16] },
    Eltwise: other,
    AveragePooling: other,
    Rescaling: other,
  },
  largestScale: 65535,
  hasPoolingEntries: true,
  interLayer: {
    8: { biasStage: 'accumulator', biasShift: 0, usesPrescale: false, prescaledBits: null, accumulatorBits: 24 },
    16: {
      biasStage: 'accumulator',
      biasShift: 16,
      usesPrescale: true,
      prescaledBits: INT24.bits,
      accumulatorBits: null,
    },
  },
  biasCode({ input, params }, bias) {
    const code = quantizeBiasV3(input.threshold, params.threshold, input.bits, bias, params.bits);
    // At 8 bits `quantizeBiasV3` can give one more than 24 bits hold.
    return Math.min(largestBias[input.bits], code);
  },
  largestBias,
} as const satisfies Overlay;
