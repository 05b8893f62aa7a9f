import type { Command } from 'commander';
import { Option } from 'commander';
import { fail } from '../error.js';
import { type QuantizeOptions, type QuantizeResult, quantize } from '../jobs/quantize.js';
import { type VerifyGates, verifyEntries } from '../jobs/verify.js';
import { environment } from '../platform/index.js';
import { table } from '../report/table.js';
import { numberList, oneOf } from './arguments.js';
import { calibrationFlags, effortFlags, networkFlags, preprocessingFlags } from './flags.js';
import { openProgress, writeWarning } from './progress.js';
import { failWhereMissed, gateFlags, verifyText } from './verify.js';

/** Adds the flags and the action of `quantize` to a command. */
export function addQuantize(command: Command): Command {
  networkFlags(command);
  command
    .addOption(new Option('--output_json <file>', "the scaling file (default: the model's path with the ending .json)"))
    .addOption(
      new Option(
        '--bitwidths <list>',
        'input activations, parameters, output activations (default: [8,8,8])',
      ).argParser(numberList('bitwidths')),
    )
    .addOption(new Option('--overlay <version>', 'v2 or v3 (default: v2)').argParser(oneOf('overlay', ['v2', 'v3'])))
    .addOption(
      new Option(
        '--walk <kind>',
        'reference or progressive (default: progressive for Caffe, reference for TensorFlow)',
      ).argParser(oneOf('walk', ['reference', 'progressive'])),
    )
    .addOption(new Option('--include_inner_product', 'entries for fully connected layers too'))
    .addOption(new Option('--power_of_two', 'thresholds whose grid step is a power of two'))
    .addOption(new Option('--unify_concat', "write a Concat's threshold back through Pooling and inner Concats too"))
    .addOption(new Option('--verify', 'verify the scaling file at once, on the calibration images'))
    .addOption(new Option('--manifest <file>', 'what it takes to repeat this run: flags, seed, files, SHA-256'));
  gateFlags(command);
  calibrationFlags(command);
  preprocessingFlags(command);
  return effortFlags(command).action(runQuantize);
}

type Flags = QuantizeOptions & VerifyGates & { readonly verify?: boolean; readonly quiet?: boolean };

async function runQuantize({
  quiet,
  verify,
  min_sqnr,
  min_agreement,
  max_accuracy_drop,
  ...options
}: Flags): Promise<void> {
  const gates = { min_sqnr, min_agreement, max_accuracy_drop };
  const gated = Object.values(gates).some((limit) => limit !== undefined);
  if (max_accuracy_drop !== undefined)
    fail(
      'usage',
      '--max_accuracy_drop',
      'expected no accuracy limit: calibration images have no labels.',
      'Use xfdnn verify with --labels.',
    );
  const progress = openProgress(quiet === true);
  const hooks = { progress: progress.report, warn: writeWarning };
  const result = await quantize(options, hooks).finally(progress.end);
  environment.writeOutput(summary(result));
  if (verify !== true && !gated) return;
  const again = openProgress(quiet === true);
  const images = {
    source: { paths: result.files.paths, preprocessing: result.preprocessing },
    count: result.files.paths.length,
  };
  const verified = await verifyEntries(
    result.graph,
    result.entries,
    images,
    { ...gates, overlay: options.overlay ?? 'v2', threads: options.threads },
    { progress: again.report },
  ).finally(again.end);
  environment.writeOutput(`\n${verifyText(verified, result.output)}`);
  failWhereMissed(verified);
}

function summary({ entries, files, output, rescaled }: QuantizeResult): string {
  const rows = entries.map((entry) => [
    entry.name,
    String(entry.bw_layer_in),
    entry.th_layer_in.toPrecision(6),
    entry.th_layer_out.toPrecision(6),
    String(entry.scale.length),
  ]);
  const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  const images = `${count(files.names.length, 'calibration image', 'calibration images')}${files.seed === undefined ? '' : `, seed ${files.seed}`}`;
  return `${table(['layer', 'bits', 'th_layer_in', 'th_layer_out', 'channels'], rows)}\n${rescaled.map((line) => `warning: ${line}\n`).join('')}${count(entries.length, 'entry', 'entries')} from ${images}: ${output}\n`;
}
