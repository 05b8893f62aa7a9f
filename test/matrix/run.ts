/**
 * Prints one SHA-256 per case, on every runtime that there is; the exit code is 1 where a runtime computes other bytes.
 *   npm run matrix                           Node, Deno and Bun of the path, with and without SIMD
 *   npm run matrix -- --runtime PATH ...     further executables, such as other versions of Node
 *   npm run matrix -- --short                few cases
 */
import { parseArgs } from 'node:util';
import { cases } from './cases.js';
import { compareRows, measure, type Row } from './measure.js';
import { findRuntimes } from './runtimes.js';

const { values: flags } = parseArgs({
  options: { runtime: { type: 'string', multiple: true, default: [] }, short: { type: 'boolean', default: false } },
});

const wanted = cases.filter(({ short }) => !flags.short || short === true);
const { found, missing } = findRuntimes(flags.runtime);
for (const name of missing) console.log(`skipped: ${name} is not installed`);
const rows = new Map<string, Row>();
for (const runtime of found) {
  for (const simd of ['simd', 'plain'] as const) {
    const row = simd === 'simd' ? runtime.name : `${runtime.name} without SIMD`;
    // The plain kernels are several times slower: they compute the short form's cases.
    rows.set(row, measure(runtime, simd === 'simd' ? wanted : wanted.filter(({ short }) => short === true), simd));
    console.log(`${row}: ${Object.keys(rows.get(row) ?? {}).length} cases`);
  }
}
const { hashes, differences } = compareRows(rows, wanted);
console.log('\n| case | SHA-256 |\n|---|---|');
for (const [name, hash] of hashes) console.log(`| ${name} | ${hash} |`);
for (const { name, row, got, expected } of differences)
  console.log(`DIFFERENT on ${row}: ${name}: ${got}, not ${expected}`);
console.log(`\n${rows.size} rows, ${hashes.size} cases, ${differences.length} differences.`);
process.exitCode = differences.length === 0 ? 0 : 1;
