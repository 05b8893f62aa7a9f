import type { Command } from 'commander';
import { type RunFlags, run } from '../jobs/run.js';
import { blobsText } from '../report/blobs.js';
import { nameList, pathOrAssignment } from './arguments.js';
import {
  calibrationFlags,
  examples,
  imagesFlags,
  networkFlags,
  overlayOption,
  preprocessingFlags,
  recordedOption,
} from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `run` to a command. */
export function addRun(command: Command): Command {
  networkFlags(command)
    .optionsGroup('Run:')
    .addOption(option('--output_dir <folder>', '(required) where the .npy files go'))
    .addOption(option('--blobs <names>', "layers or blobs to write, or all (default: the network's outputs)", nameList))
    .addOption(option('--scaling <file>', 'a scaling file: run on the emulated overlay and write int8 or int16 codes'))
    .addOption(recordedOption())
    .addOption(overlayOption('detected from the scaling file'))
    .addOption(
      option(
        '--input <file>',
        "in place of images: the network's input as .npy, N x C x H x W (TensorFlow: N x H x W x C), float32; NAME=FILE for each of several inputs",
        pathOrAssignment,
      ),
    );
  imagesFlags(command);
  calibrationFlags(command, 'Images as quantize draws them:', false);
  examples(preprocessingFlags(command), [
    'xfdnn run --deploy_model net.prototxt --weights net.caffemodel --images photos --output_dir blobs',
    'xfdnn run --deploy_model net.pb --images photos --scaling net.json --blobs all --output_dir codes',
  ]);
  return outputFlags(command).action(runRun);
}

async function runRun(flags: RunFlags & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await output.run('images', (hooks) => run(jobFlags(flags), hooks));
  output.result(result, () => blobsText(result.files));
}
