export { buildEntry } from './build-entry.js';
export { decompose, limitsOf } from './decompose.js';
export type { EntryForm, LayerCalibration, ScalingEntry, Triple } from './entry.js';
export { gridsOf, type LayerGrids } from './grids.js';
export { multipliersOf, rescalingMultiplier, slopeMultiplier } from './multipliers.js';
export {
  DEFAULT_OVERLAY,
  OVERLAY_NAMES,
  OVERLAYS,
  type OverlayChoice,
  type OverlayName,
  overlayOf,
} from './overlays/index.js';
export type { ChannelGrids, InterLayer, Limits, LimitsForm, Overlay, PerWidth } from './overlays/overlay.js';
