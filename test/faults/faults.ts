import type { Faults } from './process.js';
import { signals } from './signals.js';
import { surroundings } from './surroundings.js';
import { writes } from './writes.js';

/** Every fault. */
export const faults: Faults = { ...signals, ...writes, ...surroundings };
