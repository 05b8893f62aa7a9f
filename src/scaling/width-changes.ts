import { type BitWidth, CODES } from '../fixed/grid.js';
import type { LimitsForm, Overlay } from './overlays/overlay.js';

/** Largest products of a code and a weight that a bias must be able to reach. */
const BIAS_PRODUCTS = 8;

/**
 * Whether an overlay makes codes of another width in a layer of a form: its codes or sums pass the clamp before they are
 * scaled, and the multiplier between equal thresholds is no larger than `scale` can be. Rescaling takes the row of the new width.
 * Source: docs/spec/quantizer.md, section 6.6.
 */
export function changesWidth({ limits, interLayer }: Overlay, form: LimitsForm, from: BitWidth, to: BitWidth): boolean {
  if (from === to) return true;
  const bits = form === 'Rescaling' ? to : from;
  const { preMax, scaleBits } = limits[form][bits];
  const { prescaledBits, usesPrescale } = interLayer[bits];
  const clamp = prescaledBits === 'output' ? to : (prescaledBits ?? Infinity);
  const isWeighted = form !== 'Rescaling' && form !== 'Eltwise' && form !== 'AveragePooling';
  const multiplier = CODES[to].largest / CODES[from].largest / (isWeighted ? CODES[from].largest : 1);
  return from - (usesPrescale ? preMax : 0) <= clamp && multiplier <= 2 ** (scaleBits - 1);
}

/** Whether the largest bias of an overlay reaches a few products of a layer's largest code and weight. */
export function holdsBiases({ interLayer, largestBias }: Overlay, input: BitWidth, params: BitWidth): boolean {
  const { biasStage, biasShift } = interLayer[input];
  if (biasStage === 'code') return true;
  return largestBias[input] * 2 ** biasShift >= BIAS_PRODUCTS * CODES[input].largest * CODES[params].largest;
}
