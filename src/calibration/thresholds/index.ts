import { divergence } from './divergence.js';
import type { ThresholdMethod } from './method.js';

/** The methods by the names that options give them. */
export const calibrators = {
  reference: divergence,
} as const satisfies Readonly<Record<string, ThresholdMethod>>;

/** The name of a method that finds thresholds of activations. */
export type Calibrator = keyof typeof calibrators;
