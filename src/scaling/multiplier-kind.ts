import type { LayerCalibration } from './entry.js';
import { exactParams } from './exact-multipliers.js';
import { gridsOf } from './grids.js';
import { clipsBeforeScaling, type OverlayChoice } from './overlays/index.js';

/** How multipliers follow from thresholds: see {@link MultiplierKind}. */
export const MULTIPLIER_KINDS = ['exact', 'natural'] as const;

/**
 * `natural`: as the thresholds are. `exact`: thresholds of weights are raised until each multiplier is a power of two, so
 * that an overlay that clips before it scales clips at the output's threshold, not below it.
 */
export type MultiplierKind = (typeof MULTIPLIER_KINDS)[number];

/** Layers with weights whose multipliers are of a kind; where none is named, exact where the overlay clips before it scales. */
export function withMultipliers(
  layer: LayerCalibration,
  overlay: OverlayChoice,
  kind: MultiplierKind | undefined,
): LayerCalibration {
  if (layer.th_params.length === 0 || layer.hasChosenParams === true) return layer;
  const used = kind ?? (clipsBeforeScaling(overlay, gridsOf(layer).input.bits) ? 'exact' : 'natural');
  return used === 'exact' ? { ...layer, th_params: exactParams(layer) } : layer;
}
