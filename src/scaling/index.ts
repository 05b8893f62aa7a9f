export { buildEntry } from './build-entry.js';
export { decompose, limitsOf } from './decompose.js';
export type { EntryForm, LayerCalibration, ScalingEntry, Triple } from './entry.js';
export { exactParams } from './exact-multipliers.js';
export { gridsOf, type LayerGrids } from './grids.js';
export { MULTIPLIER_KINDS, type MultiplierKind, withMultipliers } from './multiplier-kind.js';
export { multipliersOf, rescalingMultiplier, slopeMultiplier } from './multipliers.js';
export {
  addsBiasToCode,
  clipsBeforeScaling,
  DEFAULT_OVERLAY,
  OVERLAY_NAMES,
  OVERLAYS,
  type OverlayChoice,
  type OverlayName,
  overlayOf,
} from './overlays/index.js';
export type { ChannelGrids, InterLayer, Limits, LimitsForm, Overlay, PerWidth } from './overlays/overlay.js';
export { changesWidth, holdsBiases } from './width-changes.js';
