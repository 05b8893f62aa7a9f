import type { Command } from 'commander';
import { type CompareFlags, compareFiles, DEFAULT_TOLERANCE } from '../jobs/compare.js';
import { comparisonSummary, comparisonText } from '../report/comparison.js';
import { oneOf, relative } from './arguments.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { examples, reportOption } from './flags.js';
import { option } from './option.js';
import { type OutputFlags, openOutput, outputFlags, refuseBeside } from './output.js';

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
    .addOption(reportOption())
    .addOption(
      option(
        '--summary <form>',
        'in place of the table: markdown, for a comment of a pull request',
        oneOf('summary', COMPARISON_FORMS),
      ),
    );
  examples(command, [
    'xfdnn compare before.json after.json',
    'xfdnn compare before.json after.json --tolerance 0 --json',
  ]);
  return outputFlags(command).action(runCompare);
}

/** The forms of the summary of a comparison. */
const COMPARISON_FORMS = ['markdown'] as const;

type Flags = Pick<CompareFlags, 'tolerance' | 'report'> &
  OutputFlags & { readonly summary?: (typeof COMPARISON_FORMS)[number] };

async function runCompare(first: string, second: string, flags: Flags): Promise<void> {
  const { tolerance, report, summary, ...others } = flags;
  const output = openOutput(flags);
  if (summary !== undefined) refuseBeside('--summary', { '--json': others.json });
  const result = await compareFiles({ first, second, tolerance, report });
  const text = (): string =>
    summary === undefined
      ? comparisonText(result, first, second, output.style)
      : comparisonSummary(result, first, second);
  output.result(result, text);
  if (!result.passed) setExitCode(ExitCode.found);
}
