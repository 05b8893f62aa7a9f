import process from 'node:process';
import { describeMachine } from './machine.js';
import { readOptions } from './options.js';
import { recordResults } from './record.js';
import { families } from './rows/index.js';
import { formatTable } from './table.js';

const names = families.flatMap((family) => family.names);
const options = readOptions(process.argv.slice(2), names);
const progress = (/** @type {string} */ label) => void process.stderr.write(`${label}\n`);

console.log(describeMachine());
for (const family of families) {
  /** @type {import('./table.js').Row[]} */
  const rows = [];
  for await (const row of family.rows(options, progress)) rows.push(row);
  if (rows.length === 0) continue;
  console.log(`\n${formatTable(rows)}`);
  if (options.record) recordResults(family, rows, options);
}
