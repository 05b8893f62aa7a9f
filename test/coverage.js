/**
 * Runs the tests of the arithmetic and of the readers, and ends with 1 where they reach less than 95 % of the lines of one of
 * these folders.
 *   npm run coverage
 *   npm run coverage -- formats     the tests of these folders alone, and their lines
 *   npm run coverage -- fuzz        the branches of the readers that fuzzing reaches; nothing is asked of them
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { compile, testsOf } from './compile.js';

const FOLDERS = ['fixed', 'formats', 'scaling', 'scaling-file', 'emulator', 'calibration'];
const LEAST = 95;
/** Sources that read files of strangers. */
const READERS = ['formats', 'caffe', 'tensorflow', 'images', 'scaling-file', 'cli/config.ts', 'jobs/read-manifest.ts'];
const FUZZ_CASES = '1000';
const OUTPUT = 'coverage';

const asked = process.argv.slice(2);
const isFuzz = asked[0] === 'fuzz';
const folders = isFuzz ? READERS : FOLDERS.filter((folder) => asked.length === 0 || asked.includes(folder));
if (folders.length === 0) {
  console.error(`expected fuzz, or folders of ${FOLDERS.join(', ')}, got ${asked.join(', ')}.`);
  process.exit(2);
}

rmSync(OUTPUT, { recursive: true, force: true });
await compile(true);
const reports = ['json-summary', 'text'].flatMap((name) => ['--reporter', name]);
// The filter is asked before and after the way back from compiled files to their sources.
const sources = folders.flatMap((folder) =>
  [`src/${folder}`, `dist/src/${folder.replace('.ts', '.js')}`].flatMap((path) => [
    '--include',
    /\.[jt]s$/.test(path) ? path : `${path}/**`,
  ]),
);
const c8 = ['node_modules/c8/bin/c8.js', '--src', 'src', ...sources, '--exclude', '**/generated/**', ...reports];
const tests = testsOf(isFuzz ? ['fuzz/fuzz'] : folders.map((folder) => `^${folder}/`));
const { status } = spawnSync(process.execPath, [...c8, process.execPath, ...tests], {
  stdio: 'inherit',
  env: { ...process.env, XFDNN_FUZZ_CASES: FUZZ_CASES },
});
if (status !== 0) process.exit(status ?? 1);

const unit = isFuzz ? 'branches' : 'lines';
const files = Object.entries(JSON.parse(readFileSync(`${OUTPUT}/coverage-summary.json`, 'utf8')));
for (const folder of folders) {
  const own = files.filter(([path]) => relative('.', path).replaceAll('\\', '/').startsWith(/\.ts$/.test(folder) ? `src/${folder}` : `src/${folder}/`));
  const sum = (key) => own.reduce((total, [, file]) => total + file[unit][key], 0);
  const percent = (100 * sum('covered')) / sum('total');
  console.log(`src/${folder}: ${percent.toFixed(1)} % of ${sum('total')} ${unit}`);
  if (!isFuzz && !(percent >= LEAST)) process.exitCode = 1;
}
if (process.exitCode === 1) console.error(`expected at least ${LEAST} % of each.`);
