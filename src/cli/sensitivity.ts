import type { Command } from 'commander';
import { type SensitivityFlags, sensitivity } from '../jobs/sensitivity.js';
import { sensitivityText } from '../report/sensitivity.js';
import { missedTarget, proposalText } from '../report/width-proposal.js';
import { pathOrAssignment, share } from './arguments.js';
import { ExitCode, setExitCode } from './exit-code.js';
import {
  calibrationFlags,
  calibratorFlags,
  effortFlags,
  examples,
  imagesFlags,
  multipliersOption,
  networkFlags,
  overlayOption,
  preprocessingFlags,
  recordedOption,
  reportOption,
} from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `sensitivity` to a command. */
export function addSensitivity(command: Command): Command {
  networkFlags(command)
    .optionsGroup('Sensitivity:')
    .addOption(option('--scaling <file>', '(required) the scaling file').makeOptionMandatory())
    .addOption(recordedOption())
    .addOption(overlayOption('detected from the file'))
    .addOption(
      option('--output <file>', 'measurements and result as JSON; a run that was interrupted goes on from this file'),
    )
    .addOption(reportOption());
  imagesFlags(command).addOption(
    option(
      '--input <file>',
      "in place of images: the network's input as .npy, batch axis first; NAME=FILE for each of several",
      pathOrAssignment,
    ),
  );
  targetFlags(command);
  effortFlags(command);
  examples(preprocessingFlags(command), [
    'xfdnn sensitivity --deploy_model net.prototxt --weights net.caffemodel --scaling net.json --images photos',
    'xfdnn sensitivity --deploy_model net.pb --scaling net.json --images photos --output layers.json --json',
  ]);
  return outputFlags(command).action(runSensitivity);
}

/** Adds the target, and the flags of the calibrations that it takes. */
function targetFlags(command: Command): void {
  command
    .optionsGroup('Target, with the flags that made the scaling file:')
    .addOption(
      option(
        '--target_agreement <share>',
        'propose layers of 16 bits so that so many images keep their best class: 0.99 or 99%',
        share('target_agreement'),
      ),
    )
    .addOption(multipliersOption('as for quantize'));
  calibratorFlags(command);
  calibrationFlags(command, 'Calibration images of the target:', false);
}

async function runSensitivity(flags: SensitivityFlags & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await output.run('layers', (hooks) => sensitivity(jobFlags(flags), hooks));
  const { proposal } = result;
  output.result(
    result,
    () => `${sensitivityText(result, output.style)}${proposal === undefined ? '' : proposalText(proposal)}`,
  );
  if (proposal === undefined || proposal.reached) return;
  output.warn(missedTarget(proposal));
  setExitCode(ExitCode.found);
}
