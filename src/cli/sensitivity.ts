import type { Command } from 'commander';
import { type SensitivityFlags, sensitivity } from '../jobs/sensitivity.js';
import { environment } from '../platform/index.js';
import { jsonTextWithInfinities } from '../report/json.js';
import { sensitivityText } from '../report/sensitivity.js';
import { pathOrAssignment, wholeNumber } from './arguments.js';
import {
  networkFlags,
  option,
  overlayOption,
  preprocessingFlags,
  quietOption,
  recursiveOption,
  skipBadImagesOption,
  threadsOption,
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
    .addOption(recursiveOption())
    .addOption(skipBadImagesOption())
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
    .addOption(threadsOption())
    .addOption(option('--json', 'the result as JSON; infinite ratios as the words Infinity and -Infinity'))
    .addOption(quietOption());
  return preprocessingFlags(command).action(runSensitivity);
}

type Flags = SensitivityFlags & { readonly json?: boolean; readonly quiet?: boolean };

async function runSensitivity({ json, quiet, ...flags }: Flags): Promise<void> {
  const progress = openProgress(quiet === true);
  const result = await sensitivity(flags, { progress: progress.report, warn: writeWarning }).finally(progress.end);
  environment.writeOutput(json === true ? jsonTextWithInfinities(result) : sensitivityText(result));
}
