import type { Command } from 'commander';
import { type CompareFlags, compareFiles, DEFAULT_TOLERANCE } from '../jobs/compare.js';
import { comparisonText } from '../report/comparison.js';
import { relative } from './arguments.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { examples, reportOption } from './flags.js';
import { option } from './option.js';
import { type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `compare` to a command. */
export function addCompare(command: Command): Command {
  command
    .argument('<first>', 'a scaling file, - for standard input')
    .argument('<second>', 'another')
    .optionsGroup('Compare:')
    .addOption(
      option(
        '--tolerance <relative>',
        `changes up to it pass and are only counted: 0.01 or 1% (default: ${100 * DEFAULT_TOLERANCE}%); 0 lists every change`,
        relative('tolerance'),
      ),
    )
    .addOption(reportOption());
  examples(command, [
    'xfdnn compare before.json after.json',
    'xfdnn compare before.json after.json --tolerance 0 --json',
  ]);
  return outputFlags(command).action(runCompare);
}

type Flags = Pick<CompareFlags, 'tolerance' | 'report'> & OutputFlags;

async function runCompare(first: string, second: string, { tolerance, report, ...flags }: Flags): Promise<void> {
  const output = openOutput(flags);
  const result = await compareFiles({ first, second, tolerance, report });
  output.result(result, () => comparisonText(result, first, second, output.style));
  if (!result.passed) setExitCode(ExitCode.found);
}
