import type { Command } from 'commander';
import { fail } from '../error.js';
import { DEFAULT_BIT_WIDTHS } from '../jobs/bit-widths.js';
import { planQuantization } from '../jobs/dry-run.js';
import { optionsOf } from '../jobs/flags.js';
import { runsAfterQuantize } from '../jobs/next-runs.js';
import { knownOf, type QuantizeResult, quantize } from '../jobs/quantize.js';
import type { QuantizeFlags } from '../jobs/quantize-flags.js';
import { type GateFlags, measureEntries, type VerifyResult } from '../jobs/verify.js';
import { jsonTextWithInfinities } from '../report/json.js';
import { type NextCommand, type NextRuns, nextCommands } from '../report/next-commands.js';
import { quantizationText } from '../report/quantization.js';
import { quantizationPlanText } from '../report/quantization-plan.js';
import { verifiedFileText } from '../report/verification.js';
import { DEFAULT_OVERLAY } from '../scaling/index.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import {
  bitWidthsOption,
  calibrationFlags,
  effortFlags,
  examples,
  multipliersOption,
  networkFlags,
  overlayOption,
  preprocessingFlags,
  reportOption,
  walkFlags,
} from './flags.js';
import { option } from './option.js';
import { DEAD_FLAGS, type DeadFlags, withoutDeadFlags } from './original.js';
import { jobFlags, type Output, type OutputFlags, openOutput, outputFlags } from './output.js';
import { accuracyGate, failWhereMissed, gateFlags } from './verify.js';

/** Adds the flags and the action of `quantize` to a command. */
export function addQuantize(command: Command): Command {
  networkFlags(command);
  calibrationFlags(command, 'Calibration images:', true);
  preprocessingFlags(command)
    .optionsGroup('Scaling file:')
    .addOption(
      option(
        '--output_json <file>',
        "the scaling file, - for standard output (default: the model's path with the ending .json)",
      ),
    )
    .addOption(option('--dry_run', 'say what would be done: sample, preprocessing, plan, memory; write nothing'))
    .addOption(option('--manifest <file>', 'what it takes to repeat this run: flags, seed, files, SHA-256'))
    .addOption(reportOption())
    .addOption(bitWidthsOption(`[${DEFAULT_BIT_WIDTHS.join(',')}]`))
    .addOption(overlayOption(DEFAULT_OVERLAY));
  walkFlags(command)
    .addOption(multipliersOption('exact on v2, but with --calibrator reference or search and --power_of_two'))
    .addOption(option('--verify', 'verify the scaling file at once, on the calibration images'))
    .addOption(option('--no_quick_look', 'no look at a few calibration images on the emulated overlay at the end'));
  // It is known, so that its refusal says why.
  gateFlags(command).addOption(accuracyGate().hideHelp());
  for (const name of DEAD_FLAGS) command.addOption(option(`--${name} <file>`, 'not used').hideHelp());
  examples(effortFlags(command), [
    'xfdnn quantize --deploy_model net.prototxt --weights net.caffemodel --calibration_directory photos',
    'xfdnn quantize --deploy_model net.pb --calibration_directory photos --calibration_seed 1 --overlay v3 --bitwidths 16',
  ]);
  return outputFlags(command).action(runQuantize);
}

type Flags = QuantizeFlags &
  GateFlags &
  OutputFlags &
  DeadFlags & { readonly verify?: boolean; readonly dry_run?: boolean };

async function runQuantize({ verify, dry_run: isDry, ...flags }: Flags): Promise<void> {
  const output = openOutput(flags);
  const { live, notes } = withoutDeadFlags(jobFlags(flags));
  const { min_sqnr, min_agreement, max_accuracy_drop, ...quantizeFlags } = live;
  if (max_accuracy_drop !== undefined)
    fail(
      'usage',
      '--max_accuracy_drop',
      'expected no accuracy limit: calibration images have no labels.',
      'Use xfdnn verify with --labels.',
    );
  for (const line of notes) output.note(line);
  if (isDry === true) {
    const planned = await planQuantization(quantizeFlags, output);
    return output.result(planned, () => quantizationPlanText(planned, output.style));
  }
  const isVerified = verify === true || min_sqnr !== undefined || min_agreement !== undefined;
  const looking = { ...quantizeFlags, no_quick_look: isVerified || quantizeFlags.no_quick_look };
  const result = await output.run('layers', (hooks) => quantize(looking, hooks), !isVerified);
  const verification = isVerified
    ? await verifyAtOnce(result, quantizeFlags, { min_sqnr, min_agreement }, output)
    : undefined;
  writeResult(result, verification, runsAfterQuantize(quantizeFlags, result), output);
  if (verification !== undefined) failWhereMissed(verification, output);
}

/** Verifies the entries that were just made, on the images that they were made from. */
async function verifyAtOnce(
  result: QuantizeResult,
  flags: QuantizeFlags,
  gates: GateFlags,
  output: Output,
): Promise<VerifyResult> {
  const { graph, entries, source, overlay } = result;
  const options = { ...optionsOf(gates), ...knownOf(flags), overlay, threads: flags.threads };
  return (await output.run('images', (hooks) => measureEntries(graph, entries, source, options, hooks))).result;
}

/** The result without the network, as a table or as JSON. */
function writeResult(
  result: QuantizeResult,
  verification: VerifyResult | undefined,
  runs: NextRuns,
  output: Output,
): void {
  const { network, graph: _graph, source: _source, ...plain } = result;
  const value = { ...plain, framework: network.framework, verification: verification ?? null };
  const commandsOf = (verdict: Verdict | undefined): NextCommand[] =>
    verdict === undefined ? [] : nextCommands(verdict, runs);
  const text = (): string =>
    quantizationText(result, output.style, commandsOf(result.verdict)) +
    (verification === undefined
      ? ''
      : `\n${verifiedFileText(verification, result.output, output.style, commandsOf(verification.verdict))}`);
  output.result(value, text, jsonTextWithInfinities);
}
