import type { Command } from 'commander';
import { type RescaleFlags, rescaleFile } from '../jobs/rescale.js';
import { environment } from '../platform/index.js';
import { rescalingText } from '../report/rescaling.js';
import { bitWidthsOption, multipliersOption, networkFlags, option, overlayOption } from './flags.js';
import { writeWarning } from './progress.js';

/** Adds the flags and the action of `rescale` to a command. */
export function addRescale(command: Command): Command {
  command
    .argument('<scaling>', 'the scaling file')
    .addOption(overlayOption("the file's own"))
    .addOption(bitWidthsOption("the file's own"))
    .addOption(multipliersOption('as in the file'))
    .addOption(option('-o, --output <file>', 'the new scaling file').makeOptionMandatory());
  return networkFlags(command).action(runRescale);
}

async function runRescale(scaling: string, flags: Omit<RescaleFlags, 'scaling'>): Promise<void> {
  environment.writeOutput(rescalingText(await rescaleFile({ ...flags, scaling }, { warn: writeWarning })));
}
