import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { root } from '../support.js';

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly error: string;
}

/** A program runs no code that it makes from text. */
const NO_GENERATED_CODE = '--disallow-code-generation-from-strings';

/** Runs `bin/PROGRAM.js` in a folder. Temporary files of the process go to its sub-folder `temporary`. */
export function runProgram(program: 'xfdnn' | 'quantize', folder: string, words: readonly string[]): Ended {
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const file = join(root, 'bin', `${program}.js`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [NO_GENERATED_CODE, file, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary },
  });
  return { code: status, output: stdout, error: stderr };
}

/** Every file of a folder, deep. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

/** Asserts that a command ends with this code and one line on stderr that matches, says nothing else and leaves no file. */
export function refused(folder: string, words: readonly string[], code: 1 | 2, line: RegExp): void {
  rmSync(join(folder, 'temporary'), { recursive: true, force: true });
  const before = [...filesOf(folder), 'temporary'].sort();
  const ended = runProgram('xfdnn', folder, words);
  assert.match(ended.error, /^[^\n]+\n$/, 'one line');
  assert.ok(line.test(ended.error.trimEnd()), `expected ${line}, got ${ended.error}`);
  assert.is(ended.code, code, ended.error);
  assert.is(ended.output, '');
  assert.equal(filesOf(folder), before, 'no file is left');
}
