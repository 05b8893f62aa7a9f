import { type Command, Option } from 'commander';
import { type RescaleOptions, rescaleFile } from '../jobs/rescale.js';
import { environment } from '../platform/index.js';
import { numberList, oneOf } from './arguments.js';
import { networkFlags } from './flags.js';
import { writeWarning } from './progress.js';

/** Adds the flags and the action of `rescale` to a command. */
export function addRescale(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file')
    .addOption(
      new Option('--overlay <version>', "v2 or v3 (default: the file's own)").argParser(oneOf('overlay', ['v2', 'v3'])),
    )
    .addOption(
      new Option(
        '--bitwidths <list>',
        "input activations, parameters, output activations (default: the file's own)",
      ).argParser(numberList('bitwidths')),
    )
    .addOption(new Option('-o, --output <file>', 'the new scaling file').makeOptionMandatory());
  return networkFlags(command).action(async (scaling: string, flags: Omit<RescaleOptions, 'scaling'>) => {
    const result = await rescaleFile({ ...flags, scaling }, { warn: writeWarning });
    environment.writeOutput(
      `${result.entries.length} ${result.entries.length === 1 ? 'entry' : 'entries'}, overlay ${result.from} to ${result.overlay}: ${result.output}\n`,
    );
  });
}
