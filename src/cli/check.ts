import type { Command } from 'commander';
import { type CheckFlags, checkScalingFile } from '../jobs/check.js';
import { rescaledNote } from '../report/calibration-warnings.js';
import { checkText } from '../report/check.js';
import { isFault } from '../scaling-file/fault.js';
import { isRescaling } from '../scaling-file/grid-mismatches.js';
import { ExitCode, setExitCode } from './exit-code.js';
import { examples, networkFlags, overlayOption } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `check` to a command. */
export function addCheck(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file, - for standard input')
    .optionsGroup('Check:')
    .addOption(overlayOption('detected from the file'))
    .addOption(option('--fix', 'rewrite what can be derived: scale factors, triples, order'))
    .addOption(option('-o, --output <file>', 'where the repaired file goes (default: in place)'));
  examples(command, [
    'xfdnn check net.json --deploy_model net.prototxt --weights net.caffemodel',
    'xfdnn check net.json --fix -o repaired.json',
  ]);
  return outputFlags(networkFlags(command, false)).action(runCheck);
}

async function runCheck(scaling: string, flags: Omit<CheckFlags, 'scaling'> & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await checkScalingFile({ ...jobFlags(flags), scaling });
  const rescaled = result.faults.filter(isRescaling).length;
  if (rescaled > 0 && flags.wide !== true) output.note(rescaledNote(rescaled));
  output.result(result, () => checkText(result, scaling, output.style));
  if (result.faults.some(isFault)) setExitCode(ExitCode.found);
}
