import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support.js';
import {
  blocksOf,
  documentedCommands,
  hasNoTypeErrors,
  outputOfProgram,
  runsAsDocumented,
  workingCopy,
} from './documented.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

const copy = workingCopy();
// The names of the first lines, which are about the reader's own network.
for (const [name, target] of [
  ['deploy.prototxt', 'deploy.prototxt'],
  ['net.caffemodel', 'model.caffemodel'],
  ['images', 'calibration'],
  ['test', 'calibration'],
] as const)
  symlinkSync(join(root, 'examples/cifar10', target), join(copy, name));

/** The exit code that the README's text states: 3 for the comparison of two overlays, else 0. */
const exitCode = (command: string): number => (/xfdnn\.js compare /.test(command) ? 3 : 0);

for (const documented of documentedCommands(readme))
  test(`README: ${documented.command}`, () => runsAsDocumented(copy, documented, exitCode(documented.command)));

/** The program of the README, on the example and one image of zeros. */
const program = (): string => {
  const [text, ...others] = blocksOf(readme, 'ts');
  assert.ok(text !== undefined && others.length === 0, 'expected one program');
  const inputs = '[/* network inputs, one per image */]';
  assert.ok(text.includes(inputs));
  return text.replace(inputs, '[new Float32Array(3072).fill(1)]');
};

test('the program of the README has no type errors', () => hasNoTypeErrors(copy, program()));

test('the program of the README makes a scaling file', () => {
  symlinkSync(join(root, 'examples/cifar10/model.caffemodel'), join(copy, 'model.caffemodel'));
  const output = outputOfProgram(copy, `${program()}\nconsole.log(text);\n`);
  assert.ok(JSON.parse(output).network.length > 0);
});

test.run();
