/**
 * Inspects, plans and quantizes every prototxt of a folder at 8 and 16 bits, each in a process of its own.
 *   node dist/test/architectures/run.js [WORD]      only networks whose name holds WORD
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from '../scratch.js';
import { shared } from '../support.js';
import { type Measured, measure } from './measure.js';

const networks = join(shared, 'models/architectures');
const photographs = join(shared, 'models/images');

async function child(model: string, bits: 8 | 16): Promise<void> {
  const scratch = scratchFolder();
  const index = readdirSync(photographs)
    .sort()
    .findIndex((name) => name.startsWith('calib_'));
  try {
    console.log(
      JSON.stringify(
        await measure({ deploy_model: model }, bits, { folder: photographs, index }, join(scratch, 'scaling.json')),
      ),
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const columns = (words: readonly string[]): string =>
  words.map((word, i) => (i === 0 ? word.padEnd(36) : word.padStart(9))).join(' ');

function line(file: string, bits: number): boolean {
  try {
    const result = execFileSync(
      process.execPath,
      [fileURLToPath(import.meta.url), '--one', join(networks, file), String(bits)],
      { encoding: 'utf8', stdio: 'pipe' },
    );
    const { layers, entries, seconds, megabytes } = JSON.parse(result) as Measured;
    console.log(
      columns([
        file.replace('.prototxt', ''),
        String(bits),
        String(layers),
        String(entries),
        seconds.toFixed(1),
        megabytes.toFixed(0),
      ]),
    );
    return true;
  } catch (error) {
    console.log(`${file} at ${bits} bits FAILED: ${(error as { stderr?: string }).stderr ?? String(error)}`);
    return false;
  }
}

function parent(word: string): void {
  if (!existsSync(networks))
    return void console.log('The folder of architectures is not here: nothing was run.\n0 passed, 0 failed');
  console.log(
    `Node ${process.version}, one thread of ${availableParallelism()} cores, one photograph, seeded weights: inspect, plan, quantize, check\n`,
  );
  console.log(columns(['network', 'bits', 'layers', 'entries', 'seconds', 'peak MB']));
  const files = readdirSync(networks)
    .filter((name) => name.endsWith('.prototxt') && name.includes(word))
    .sort();
  const passed = files.flatMap((file) => [8, 16].map((bits) => line(file, bits)));
  const count = passed.filter((each) => each).length;
  console.log(`\n${count} passed, ${passed.length - count} failed`);
  if (count < passed.length) process.exitCode = 1;
}

if (process.argv[2] === '--one') await child(process.argv[3]!, Number(process.argv[4]) as 8 | 16);
else parent(process.argv[2] ?? '');
