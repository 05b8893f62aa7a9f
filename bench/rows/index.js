import { calibrationRows } from './calibration.js';
import { calibratorRows } from './calibrators.js';
import { forwardRows } from './forward.js';
import { growthRowsOf } from './growth.js';
import { liveRows } from './live.js';
import { loadingRows } from './loading.js';
import { peerRows } from './peers.js';
import { startRows } from './start.js';
import { thresholdRows } from './threshold.js';
import { twinRows } from './twins.js';
import { sensitivityRows, verificationRows } from './verification.js';

/** @typedef {import('../options.js').Options} Options */
/** @typedef {import('../table.js').Row} Row */

/**
 * Rows that are measured together. `names`: of `--only`, each a part of them. `plots`: what `--record` draws of them.
 * @typedef {object} Family
 * @property {readonly string[]} names
 * @property {readonly string[]} [plots]
 * @property {(options: Options, progress: (label: string) => void) => AsyncGenerator<Row>} rows
 */

/** In the order of the table. @type {readonly Family[]} */
export const families = [
  { names: ['float', 'grid', 'overlay'], rows: forwardRows },
  { names: ['twins'], rows: twinRows },
  { names: ['calibration'], rows: calibrationRows },
  { names: ['calibrators'], rows: calibratorRows },
  { names: ['verification'], rows: verificationRows },
  { names: ['sensitivity'], rows: sensitivityRows },
  { names: ['live'], rows: liveRows },
  { names: ['peers'], plots: ['peers'], rows: peerRows },
  { names: ['threshold', 'search'], rows: thresholdRows },
  { names: ['loading'], rows: loadingRows },
  { names: ['start'], rows: startRows },
  ...['images', 'depth', 'size'].map((name) => ({
    names: [name],
    plots: [`growth-${name}`],
    rows: growthRowsOf(name),
  })),
];
