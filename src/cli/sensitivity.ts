import type { Command } from 'commander';
import { type SensitivityFlags, sensitivity } from '../jobs/sensitivity.js';
import { environment } from '../platform/index.js';
import { jsonTextWithInfinities } from '../report/json.js';
import { sensitivityText } from '../report/sensitivity.js';
import { missedTarget, proposalText } from '../report/width-proposal.js';
import { pathOrAssignment, share, wholeNumber } from './arguments.js';
import {
  calibrationFlags,
  calibratorFlags,
  effortFlags,
  multipliersOption,
  networkFlags,
  option,
  overlayOption,
  preprocessingFlags,
} from './flags.js';
import { openProgress, writeWarning } from './progress.js';

/** Adds the flags and the action of `sensitivity` to a command. */
export function addSensitivity(command: Command): Command {
  networkFlags(command)
    .addOption(option('--scaling <file>', 'the scaling file').makeOptionMandatory())
    .addOption(overlayOption('detected from the file'))
    .addOption(
      option(
        '--images <folder>',
        'images, or .npy arrays (H x W x C in [0,1]); NAME=FOLDER for each of several inputs',
        pathOrAssignment,
      ),
    )
    .addOption(
      option('--image_count <count>', 'only the first so many of them (default: all)', wholeNumber('image_count', 1)),
    )
    .addOption(
      option(
        '--input <file>',
        "instead: the network's input as .npy, batch axis first; NAME=FILE for each of several",
        pathOrAssignment,
      ),
    )
    .addOption(
      option('--output <file>', 'measurements and result as JSON; a run that was interrupted goes on from this file'),
    )
    .addOption(
      option(
        '--target_agreement <share>',
        'propose the layers to give 16 bits so that so many images keep their best class: 0.99 or 99%; calibrates on --calibration_directory with the flags that made the scaling file',
        share('target_agreement'),
      ),
    )
    .addOption(multipliersOption('as for quantize'))
    .addOption(option('--json', 'the result as JSON; infinite ratios as the words Infinity and -Infinity'));
  calibratorFlags(command);
  calibrationFlags(command);
  effortFlags(command);
  return preprocessingFlags(command).action(runSensitivity);
}

type Flags = SensitivityFlags & { readonly json?: boolean; readonly quiet?: boolean };

async function runSensitivity({ json, quiet, ...flags }: Flags): Promise<void> {
  const progress = openProgress(quiet === true);
  const result = await sensitivity(flags, { progress: progress.report, warn: writeWarning }).finally(progress.end);
  const { proposal } = result;
  const text = `${sensitivityText(result)}${proposal === undefined ? '' : proposalText(proposal)}`;
  environment.writeOutput(json === true ? jsonTextWithInfinities(result) : text);
  if (proposal === undefined || proposal.reached) return;
  environment.writeError(`${missedTarget(proposal)}\n`);
  environment.setExitCode(1);
}
