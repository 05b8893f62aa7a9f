export { buildEntry, multipliersOf, type LayerMeasure } from './build-entry.js';
export { decompose, limitsOf, type Limits } from './decompose.js';
export type { EntryForm, Overlay, ScalingEntry, Triple } from './entry.js';
