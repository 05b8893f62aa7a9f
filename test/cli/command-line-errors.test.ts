import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseUnknownFlags } from '../../src/cli/command-line-errors.js';
import { xfdnnProgram } from '../../src/cli/main.js';

const program = xfdnnProgram('0');

const unknown: readonly (readonly [line: string, message: string])[] = [
  ['verify --scaling_file q.json', '--scaling_file: expected a flag of verify, got another. Did you mean --scaling?'],
  [
    'verify --scaling q.json --calibration_directory images',
    '--calibration_directory: expected a flag of verify, got another. Its flag for this is --images.',
  ],
  [
    'rescale q.json --output_json=r.json',
    '--output_json: expected a flag of rescale, got another. Its flag for this is --output.',
  ],
  ['inspect --qqq', '--qqq: expected a flag of inspect, got another. --help lists those that there are.'],
];
for (const [line, message] of unknown)
  test(`a flag that the command does not have: ${line}`, () =>
    assert.throws(
      () => refuseUnknownFlags(line.split(' '), program),
      (error: Error) => error.message === message,
    ));

test('values, words behind -- and the help pass', () => {
  for (const line of ['check q.json -o --odd', 'verify --help', 'verify -- --odd', 'help verify', 'nothing --odd'])
    refuseUnknownFlags(line.split(' '), program);
});

test.run();
