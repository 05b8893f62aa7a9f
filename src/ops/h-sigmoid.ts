import type { NoAttributes } from './op.js';
import { hostMap } from './support/elementwise.js';

/** `min(max(x + 3, 0), 6) / 6`, the gate of MobileNetV3. */
export const hSigmoid = hostMap<NoAttributes>(
  'h-sigmoid',
  ['HSigmoid'],
  () => ({}),
  () => (x) => Math.min(Math.max(x + 3, 0), 6) / 6,
);
