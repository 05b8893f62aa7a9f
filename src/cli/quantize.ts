import type { Command } from 'commander';
import { fail } from '../error.js';
import { DEFAULT_BIT_WIDTHS } from '../jobs/bit-widths.js';
import { optionsOf } from '../jobs/flags.js';
import { type QuantizeFlags, quantize } from '../jobs/quantize.js';
import { type GateFlags, verifyEntries } from '../jobs/verify.js';
import { environment } from '../platform/index.js';
import { quantizationText } from '../report/quantization.js';
import { verifiedFileText } from '../report/verification.js';
import { DEFAULT_OVERLAY } from '../scaling/index.js';
import {
  bitWidthsOption,
  calibrationFlags,
  effortFlags,
  multipliersOption,
  networkFlags,
  option,
  overlayOption,
  preprocessingFlags,
  walkFlags,
} from './flags.js';
import { openProgress, writeWarning } from './progress.js';
import { failWhereMissed, gateFlags } from './verify.js';

/** Adds the flags and the action of `quantize` to a command. */
export function addQuantize(command: Command): Command {
  networkFlags(command)
    .addOption(option('--output_json <file>', "the scaling file (default: the model's path with the ending .json)"))
    .addOption(bitWidthsOption(`[${DEFAULT_BIT_WIDTHS.join(',')}]`))
    .addOption(overlayOption(DEFAULT_OVERLAY));
  walkFlags(command)
    .addOption(option('--verify', 'verify the scaling file at once, on the calibration images'))
    .addOption(option('--manifest <file>', 'what it takes to repeat this run: flags, seed, files, SHA-256'));
  command.addOption(multipliersOption('exact on v2, but with --calibrator reference or search and --power_of_two'));
  gateFlags(command);
  calibrationFlags(command);
  preprocessingFlags(command);
  return effortFlags(command).action(runQuantize);
}

type Flags = QuantizeFlags & GateFlags & { readonly verify?: boolean; readonly quiet?: boolean };

async function runQuantize({ quiet, verify, ...flags }: Flags): Promise<void> {
  const { min_sqnr, min_agreement, max_accuracy_drop, ...quantizeFlags } = flags;
  if (max_accuracy_drop !== undefined)
    fail(
      'usage',
      '--max_accuracy_drop',
      'expected no accuracy limit: calibration images have no labels.',
      'Use xfdnn verify with --labels.',
    );
  const progress = openProgress(quiet === true);
  const hooks = { progress: progress.report, warn: writeWarning };
  const result = await quantize(quantizeFlags, hooks).finally(progress.end);
  environment.writeOutput(quantizationText(result));
  if (verify !== true && min_sqnr === undefined && min_agreement === undefined) return;
  const { graph, entries, preprocessing } = result;
  const again = openProgress(quiet === true);
  const verified = await verifyEntries(
    graph,
    entries,
    { paths: result.files.paths, preprocessing },
    { ...optionsOf({ min_sqnr, min_agreement }), overlay: flags.overlay ?? DEFAULT_OVERLAY, threads: flags.threads },
    { progress: again.report },
  ).finally(again.end);
  environment.writeOutput(`\n${verifiedFileText(verified, result.output)}`);
  failWhereMissed(verified);
}
