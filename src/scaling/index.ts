export { buildEntry } from './build-entry.js';
export { decompose, LIMITS, limitsOf, type Limits, type LimitsForm } from './decompose.js';
export type { EntryForm, LayerMeasure, Overlay, ScalingEntry, Triple } from './entry.js';
export { multipliersOf, rescalingMultiplier, slopeMultiplier, type Grid } from './multipliers.js';
