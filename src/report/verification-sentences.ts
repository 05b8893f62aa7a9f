import type { VerifiedLayer } from '../verification/verification.js';
import { decibels } from './verdict.js';
import { percent } from './words.js';

/** A sentence that names the layer that adds most noise by itself: the one with the lowest isolated ratio. */
export function hurtsMost(layers: readonly VerifiedLayer[]): string {
  const noisy = layers.flatMap((layer) =>
    layer.isolated !== null && layer.isolated.sqnr < Infinity ? [{ ...layer, isolated: layer.isolated }] : [],
  );
  if (noisy.length === 0) return 'No layer on the overlay differs from float.';
  const worst = noisy.reduce((low, layer) => (layer.isolated.sqnr < low.isolated.sqnr ? layer : low));
  const share = (count: number, where: string): string =>
    count === 0 ? '' : `, ${percent(count / worst.values, 2)} of its values clipped ${where}`;
  const clips = share(worst.prescaleClipped, 'before scaling') + share(worst.clipped, 'at its threshold');
  const overflow = worst.overflows === 0 ? '' : `, ${worst.overflows} of its sums beyond 24 bits`;
  return `Layer "${worst.name}" (${worst.type}) hurts most: quantized alone it keeps ${decibels(worst.isolated.sqnr)} (cosine ${worst.isolated.cosine.toFixed(6)}), as deployed ${decibels(worst.accumulated.sqnr)}${clips}${overflow}.`;
}
