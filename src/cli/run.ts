import type { Command } from 'commander';
import { type RunFlags, run } from '../jobs/run.js';
import { environment } from '../platform/index.js';
import { blobsText } from '../report/blobs.js';
import { nameList, pathOrAssignment } from './arguments.js';
import { calibrationFlags, networkFlags, option, overlayOption, preprocessingFlags, quietOption } from './flags.js';
import { openProgress, writeWarning } from './progress.js';

/** Adds the flags and the action of `run` to a command. */
export function addRun(command: Command): Command {
  networkFlags(command)
    .addOption(
      option(
        '--input <file>',
        "the network's input as .npy: N x C x H x W (TensorFlow: N x H x W x C), float32; NAME=FILE for each of several inputs",
        pathOrAssignment,
      ),
    )
    .addOption(option('--blobs <names>', "layers or blobs to write, or all (default: the network's outputs)", nameList))
    .addOption(option('--output_dir <folder>', 'where the .npy files go'))
    .addOption(option('--scaling <file>', 'a scaling file: run on the emulated overlay and write int8 or int16 codes'))
    .addOption(overlayOption('detected from the scaling file'))
    .addOption(quietOption());
  calibrationFlags(command);
  return preprocessingFlags(command).action(runRun);
}

async function runRun(flags: RunFlags & { readonly quiet?: boolean }): Promise<void> {
  const progress = openProgress(flags.quiet === true);
  const { files } = await run(flags, { progress: progress.report, warn: writeWarning }).finally(progress.end);
  environment.writeOutput(blobsText(files));
}
