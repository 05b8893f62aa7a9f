import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** `x * min(max(x + 3, 0), 6) / 6`, the activation of MobileNetV3. */
export const hSwish = hostMap<NoAttributes>(
  'h-swish',
  ['HSwish'],
  () => ({}),
  () => (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
);
