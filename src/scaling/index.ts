export { buildEntry } from './build-entry.js';
export { decompose, LIMITS, type Limits, type LimitsForm, limitsOf } from './decompose.js';
export type { EntryForm, LayerCalibration, Overlay, ScalingEntry, Triple } from './entry.js';
export { type Grid, multipliersOf, rescalingMultiplier, slopeMultiplier } from './multipliers.js';
