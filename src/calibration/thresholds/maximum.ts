import type { ThresholdMethod } from './method.js';

/** The largest magnitude: nothing that was measured is clipped. */
export const maximum: ThresholdMethod = {
  bins: () => null,
  threshold: (_, { max }) => max,
};
