import type { Command } from 'commander';
import { type CheckFlags, checkScalingFile } from '../jobs/check.js';
import { environment } from '../platform/index.js';
import { checkText } from '../report/check.js';
import { jsonText } from '../report/json.js';
import { isFault } from '../scaling-file/fault.js';
import { networkFlags, option, overlayOption } from './flags.js';

/** Adds the flags and the action of `check` to a command. */
export function addCheck(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file')
    .addOption(overlayOption('detected from the file'))
    .addOption(option('--fix', 'rewrite what can be derived: scale factors, triples, order'))
    .addOption(option('-o, --output <file>', 'where the repaired file goes (default: in place)'))
    .addOption(option('--json', 'everything as JSON'));
  return networkFlags(command).action(runCheck);
}

async function runCheck(scaling: string, { json, ...flags }: Omit<CheckFlags, 'scaling'> & { json?: boolean }) {
  const result = await checkScalingFile({ ...flags, scaling });
  environment.writeOutput(json === true ? jsonText(result) : checkText(result, scaling));
  if (result.faults.some(isFault)) environment.setExitCode(1);
}
