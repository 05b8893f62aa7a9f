import process from 'node:process';
import { describeMachine } from './machine.js';
import { readOptions } from './options.js';
import { recordResults } from './record.js';
import { calibrationRows } from './rows/calibration.js';
import { calibratorRows } from './rows/calibrators.js';
import { forwardRows } from './rows/forward.js';
import { loadingRows } from './rows/loading.js';
import { thresholdRows } from './rows/threshold.js';
import { twinRows } from './rows/twins.js';
import { formatTable } from './table.js';

const options = readOptions(process.argv.slice(2));
const progress = (/** @type {string} */ label) => void process.stderr.write(`${label}\n`);

/** @type {import('./table.js').Row[]} */
const rows = [];
for (const section of [forwardRows, twinRows, calibrationRows, calibratorRows, thresholdRows, loadingRows]) {
  for await (const row of section(options, progress)) rows.push(row);
}
console.log(`${describeMachine()}\n\n${formatTable(rows)}`);
if (options.record) recordResults(rows, options);
