import { hostMap } from './support/elementwise.js';

export type ThresholdAttrs = { readonly threshold: number };

/** 1 above the threshold, else 0. */
export const threshold = hostMap<ThresholdAttrs>(
  'threshold',
  ['Threshold'],
  (layer) => ({ threshold: layer.param('threshold_param')['threshold'] }),
  ({ threshold: limit }) =>
    (x) =>
      x > limit ? 1 : 0,
);
