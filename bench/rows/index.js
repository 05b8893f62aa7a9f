import { calibrationRows } from './calibration.js';
import { calibratorRows } from './calibrators.js';
import { forwardRows } from './forward.js';
import { growthRows } from './growth.js';
import { liveRows } from './live.js';
import { loadingRows } from './loading.js';
import { peerRows } from './peers.js';
import { startRows } from './start.js';
import { thresholdRows } from './threshold.js';
import { twinRows } from './twins.js';
import { verificationRows } from './verification.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/**
 * Rows that are measured together. `names`: of `--only`, each a part of them.
 * @typedef {{ names: readonly string[], rows: (options: Options, progress: (label: string) => void) => AsyncGenerator<Row> }} Family
 */

/** In the order of the table. @type {readonly Family[]} */
export const families = [
  { names: ['float', 'grid', 'overlay'], rows: forwardRows },
  { names: ['twins'], rows: twinRows },
  { names: ['calibration'], rows: calibrationRows },
  { names: ['calibrators'], rows: calibratorRows },
  { names: ['verification', 'sensitivity'], rows: verificationRows },
  { names: ['live'], rows: liveRows },
  { names: ['peers'], rows: peerRows },
  { names: ['threshold', 'search'], rows: thresholdRows },
  { names: ['loading'], rows: loadingRows },
  { names: ['start'], rows: startRows },
  { names: ['images', 'depth', 'size'], rows: growthRows },
];
