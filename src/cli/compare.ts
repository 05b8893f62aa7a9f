import type { Command } from 'commander';
import { type CompareFlags, compareFiles, DEFAULT_TOLERANCE } from '../jobs/compare.js';
import { environment } from '../platform/index.js';
import { comparisonText } from '../report/comparison.js';
import { jsonText } from '../report/json.js';
import { magnitude } from './arguments.js';
import { option } from './flags.js';

/** Adds the flags and the action of `compare` to a command. */
export function addCompare(command: Command): Command {
  return command
    .argument('<first>', 'a scaling file')
    .argument('<second>', 'another')
    .addOption(
      option(
        '--tolerance <relative>',
        `largest relative change that passes (default: ${DEFAULT_TOLERANCE})`,
        magnitude('tolerance'),
      ),
    )
    .addOption(option('--json', 'everything as JSON'))
    .action(runCompare);
}

type Flags = Pick<CompareFlags, 'tolerance'> & { readonly json?: boolean };

async function runCompare(first: string, second: string, { json, tolerance }: Flags): Promise<void> {
  const result = await compareFiles({ first, second, tolerance });
  environment.writeOutput(json === true ? jsonText(result) : comparisonText(result, first, second));
  if (!result.passed) environment.setExitCode(1);
}
