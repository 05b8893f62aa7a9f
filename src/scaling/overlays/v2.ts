import { CODES } from '../../fixed/grid.js';
import { quantizeBias } from '../../fixed/index.js';
import { type InterLayer, limits, type Overlay } from './overlay.js';

/** Layers with a wide sum, and a triple for each channel. */
const accumulating = { 8: limits(16, 8, 8), 16: limits(32, 8, 8) };
const other = { 8: limits(0, 8, 8), 16: limits(0, 8, 8) };

const interLayer = {
  biasStage: 'code',
  biasShift: 0,
  usesPrescale: true,
  prescaledBits: 'output',
} as const satisfies Partial<InterLayer>;

/**
 * Overlay v2: 8 bits of scale, a clamp to the output's codes before scaling, the bias added as a code of the output.
 * Scale has the row of a Convolution, unlike the original's files: its sum would otherwise be clamped to 8 bits before it
 * is scaled.
 */
export const v2 = {
  name: 'v2',
  limits: {
    Convolution: accumulating,
    Deconvolution: accumulating,
    InnerProduct: accumulating,
    Scale: accumulating,
    Eltwise: other,
    AveragePooling: other,
    Rescaling: other,
  },
  largestScale: 256,
  hasPoolingEntries: false,
  interLayer: { 8: { ...interLayer, accumulatorBits: 24 }, 16: { ...interLayer, accumulatorBits: null } },
  biasCode: ({ output }, bias) => quantizeBias(output.threshold, output.bits, bias),
  largestBias: { 8: CODES[8].largest, 16: CODES[16].largest },
} as const satisfies Overlay;
