import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** Absolute value. */
export const absVal = hostMap<NoAttributes>(
  'abs-val',
  ['AbsVal'],
  () => ({}),
  () => Math.abs,
  { type: 'Abs', attrs: {} },
);
