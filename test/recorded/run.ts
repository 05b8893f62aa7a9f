/**
 * Performs the recorded runs and holds the SHA-256 of every output against `hashes.json`.
 *   npm run test:recorded                       compare; the exit code is 1 where a hash differs or a command fails
 *   npm run test:recorded -- --record           write the hashes
 *   npm run test:recorded -- --only PATTERN     only the runs whose name matches the regular expression
 *   npm run test:recorded -- --keep             leave the outputs in the temporary folder
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shared } from '../support.js';
import { prepareInputs } from './inputs.js';
import { type Hashes, hashesFile, perform, readHashes } from './perform.js';
import { type Run, runs } from './runs.js';

const { values: flags } = parseArgs({
  options: {
    record: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
  },
});

const counts = { ok: 0, DIFFERENT: 0, new: 0, missing: 0, failed: 0, skipped: 0 };
const print = (name: string, hash: string, verdict: keyof typeof counts): void => {
  counts[verdict]++;
  console.log(`${name}  ${hash}  ${verdict}`);
};

/** Compares the hashes of one run, and names recorded outputs that it did not give. */
function compare(run: Run, hashes: Hashes, recorded: Hashes): void {
  for (const [name, hash] of Object.entries(hashes)) {
    const before = recorded[name];
    print(name, hash, before === undefined ? 'new' : before === hash ? 'ok' : 'DIFFERENT');
  }
  const lost = Object.keys(recorded).filter((name) => name.startsWith(`${run.name}/`) && !(name in hashes));
  for (const name of lost) print(name, '-', 'missing');
}

/** Performs the runs, as many at a time as there are cores, and gives the hashes of those that succeeded. */
async function performAll(wanted: readonly Run[], scratch: string, recorded: Hashes): Promise<Hashes> {
  const queue = [...wanted];
  const results: Hashes[] = [];
  const worker = async (): Promise<void> => {
    for (let run = queue.shift(); run !== undefined; run = queue.shift()) {
      try {
        const hashes = await perform(run, scratch);
        results.push(hashes);
        compare(run, hashes, recorded);
      } catch (error) {
        print(run.name, error instanceof Error ? error.message : String(error), 'failed');
      }
      if (!flags.keep) rmSync(join(scratch, run.name.replaceAll('/', '-')), { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return Object.assign({}, ...results) as Hashes;
}

/** Writes the hashes in the order of their names. Those of runs that were not performed stay. */
function record(performed: readonly Run[], hashes: Hashes, recorded: Hashes): void {
  const stale = (name: string): boolean =>
    performed.some((run) => name.startsWith(`${run.name}/`)) || !runs.some((run) => name.startsWith(`${run.name}/`));
  const kept = Object.entries(recorded).filter(([name]) => !stale(name));
  const sorted = [...kept, ...Object.entries(hashes)].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(hashesFile, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

const pattern = new RegExp(flags.only);
const selected = runs.filter((run) => pattern.test(run.name));
const performed = selected.filter((run) => !run.needsShared || existsSync(shared));
const recorded = existsSync(hashesFile) ? readHashes() : {};
const scratch = mkdtempSync(join(tmpdir(), 'xfdnn-recorded-'));
try {
  prepareInputs(scratch);
  for (const run of selected.filter((each) => !performed.includes(each))) print(run.name, '-', 'skipped');
  const hashes = await performAll(performed, scratch, recorded);
  if (flags.record && counts.failed === 0) record(performed, hashes, recorded);
} finally {
  if (flags.keep) console.log(`outputs: ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
}
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', '),
);
const changed = counts.DIFFERENT + counts.new + counts.missing;
if (counts.failed > 0 || selected.length === 0 || (changed > 0 && !flags.record)) process.exitCode = 1;
