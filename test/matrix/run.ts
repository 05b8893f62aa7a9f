/**
 * Prints one SHA-256 per case, on every runtime that there is; the exit code is 1 where a runtime computes other bytes.
 *   npm run matrix                           Node, Deno and Bun of the path, with and without SIMD, Chromium and Firefox
 *   npm run matrix -- --runtime PATH ...     further executables, such as other versions of Node
 *   npm run matrix -- --arm64 PATH           a Node of arm64, which qemu-aarch64 runs
 *   npm run matrix -- --short                few cases
 */
import { parseArgs } from 'node:util';
import { findBrowsers, measureInBrowser } from './browsers.js';
import { cases } from './cases.js';
import { compareRows, measure, type Row } from './measure.js';
import { emulatedArm64, findRuntimes } from './runtimes.js';

const { values: flags } = parseArgs({
  options: {
    runtime: { type: 'string', multiple: true, default: [] },
    arm64: { type: 'string', default: 'node-arm64' },
    short: { type: 'boolean', default: false },
  },
});

const wanted = cases.filter(({ short }) => !flags.short || short === true);
const { found, missing } = findRuntimes(flags.runtime);
const browsers = findBrowsers();
const arm64 = emulatedArm64(flags.arm64);
for (const name of [...missing, ...browsers.missing]) console.log(`skipped: ${name} is not installed`);
if (arm64 === undefined) console.log('skipped: arm64: qemu-aarch64, or a Node of arm64 named by --arm64, is not there');
const rows = new Map<string, Row>();
function add(name: string, row: Row): void {
  rows.set(name, row);
  console.log(`${name}: ${Object.keys(row).length} cases`);
}
const short = wanted.filter((each) => each.short === true);
for (const runtime of found) {
  add(runtime.name, measure(runtime, wanted, 'simd'));
  // The plain kernels are several times slower: they compute the short form's cases.
  add(`${runtime.name} without SIMD`, measure(runtime, short, 'plain'));
}
for (const browser of browsers.found) add(browser.name, await measureInBrowser(browser, wanted));
// An emulated processor is slower by more than ten times.
if (arm64 !== undefined) add(arm64.name, measure(arm64, short, 'simd'));
const { hashes, differences } = compareRows(rows, wanted);
console.log('\n| case | SHA-256 |\n|---|---|');
for (const [name, hash] of hashes) console.log(`| ${name} | ${hash} |`);
for (const { name, row, got, expected } of differences)
  console.log(`DIFFERENT on ${row}: ${name}: ${got}, not ${expected}`);
console.log(`\n${rows.size} rows, ${hashes.size} cases, ${differences.length} differences.`);
process.exitCode = differences.length === 0 ? 0 : 1;
