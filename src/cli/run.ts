import { type Command, Option } from 'commander';
import { type RunOptions, run } from '../jobs/run.js';
import { environment } from '../platform/index.js';
import { formatShape } from '../tensor.js';
import { nameList, oneOf } from './arguments.js';
import { calibrationFlags, networkFlags, preprocessingFlags } from './flags.js';
import { openProgress, writeWarning } from './progress.js';

/** Adds the flags and the action of `run` to a command. */
export function addRun(command: Command): Command {
  networkFlags(command);
  command
    .addOption(
      new Option('--input <file>', "the network's input as .npy: N x C x H x W (TensorFlow: N x H x W x C), float32"),
    )
    .addOption(
      new Option('--blobs <names>', "layers or blobs to write, or all (default: the network's outputs)").argParser(
        nameList,
      ),
    )
    .addOption(new Option('--output_dir <folder>', 'where the .npy files go'))
    .addOption(
      new Option('--scaling <file>', 'a scaling file: run on the emulated overlay and write int8 or int16 codes'),
    )
    .addOption(
      new Option('--overlay <version>', 'v2 or v3 (default: detected from the scaling file)').argParser(
        oneOf('overlay', ['v2', 'v3']),
      ),
    )
    .addOption(new Option('--quiet', 'no progress on stderr'));
  calibrationFlags(command);
  return preprocessingFlags(command).action(async (flags: RunOptions & { quiet?: boolean }) => {
    const progress = openProgress(flags.quiet === true);
    const { files } = await run(flags, { progress: progress.report, warn: writeWarning }).finally(progress.end);
    environment.writeOutput(files.map(({ name, path, shape }) => `${name} ${formatShape(shape)}: ${path}\n`).join(''));
  });
}
