import type { Command } from 'commander';
import { type SensitivityFlags, sensitivity } from '../jobs/sensitivity.js';
import { sensitivityText } from '../report/sensitivity.js';
import { pathOrAssignment } from './arguments.js';
import { examples, imagesFlags, networkFlags, overlayOption, preprocessingFlags, threadsOption } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `sensitivity` to a command. */
export function addSensitivity(command: Command): Command {
  networkFlags(command)
    .optionsGroup('Sensitivity:')
    .addOption(option('--scaling <file>', '(required) the scaling file').makeOptionMandatory())
    .addOption(overlayOption('detected from the file'))
    .addOption(
      option('--output <file>', 'measurements and result as JSON; a run that was interrupted goes on from this file'),
    )
    .addOption(threadsOption());
  imagesFlags(command).addOption(
    option(
      '--input <file>',
      "in place of images: the network's input as .npy, batch axis first; NAME=FILE for each of several",
      pathOrAssignment,
    ),
  );
  examples(preprocessingFlags(command), [
    'xfdnn sensitivity --deploy_model net.prototxt --weights net.caffemodel --scaling net.json --images photos',
    'xfdnn sensitivity --deploy_model net.pb --scaling net.json --images photos --output layers.json --json',
  ]);
  return outputFlags(command).action(runSensitivity);
}

async function runSensitivity(flags: SensitivityFlags & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await output.run('layers', (hooks) => sensitivity(jobFlags(flags), hooks));
  output.result(result, () => sensitivityText(result));
}
