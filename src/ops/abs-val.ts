import { hostMap } from './support/elementwise.js';

/** Absolute value. */
export const absVal = hostMap<{}>(
  'abs-val',
  ['AbsVal'],
  () => ({}),
  () => Math.abs,
  { type: 'Abs', attrs: {} },
);
