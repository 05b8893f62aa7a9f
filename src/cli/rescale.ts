import type { Command } from 'commander';
import { type RescaleFlags, rescaleFile } from '../jobs/rescale.js';
import { rescalingText } from '../report/rescaling.js';
import { bitWidthsOption, examples, multipliersOption, networkFlags, overlayOption } from './flags.js';
import { option } from './option.js';
import { jobFlags, type OutputFlags, openOutput, outputFlags } from './output.js';

/** Adds the flags and the action of `rescale` to a command. */
export function addRescale(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file, - for standard input')
    .optionsGroup('Rescale:')
    .addOption(
      option('-o, --output <file>', '(required) the new scaling file, - for standard output').makeOptionMandatory(),
    )
    .addOption(overlayOption("the file's own"))
    .addOption(bitWidthsOption("the file's own"))
    .addOption(multipliersOption('as in the file'));
  examples(command, [
    'xfdnn rescale net-v3.json --overlay v2 -o net-v2.json',
    'xfdnn rescale net.json --bitwidths 16 --deploy_model net.prototxt -o net-16.json',
  ]);
  return outputFlags(networkFlags(command, false)).action(runRescale);
}

async function runRescale(scaling: string, flags: Omit<RescaleFlags, 'scaling'> & OutputFlags): Promise<void> {
  const output = openOutput(flags);
  const result = await rescaleFile({ ...jobFlags(flags), scaling }, output);
  const text = (): string => rescalingText(result);
  output.result(result, text);
}
