import type { Command } from 'commander';
import { quantize, type QuantizeOptions, type QuantizeResult } from '../jobs/quantize.js';
import { environment } from '../platform/index.js';
import { table } from '../report/table.js';
import { numberList, oneOf } from './arguments.js';
import { calibrationFlags, effortFlags, networkFlags, preprocessingFlags } from './flags.js';
import { openProgress } from './progress.js';
import { Option } from 'commander';

/** Adds the flags and the action of `quantize` to a command. */
export function addQuantize(command: Command): Command {
  networkFlags(command);
  command
    .addOption(new Option('--output_json <file>', "the scaling file (default: the model's path with the ending .json)"))
    .addOption(new Option('--bitwidths <list>', 'input activations, parameters, output activations (default: [8,8,8])').argParser(numberList('bitwidths')))
    .addOption(new Option('--overlay <version>', 'v2 or v3 (default: v2)').argParser(oneOf('overlay', ['v2', 'v3'])))
    .addOption(new Option('--walk <kind>', 'reference or progressive (default: progressive for Caffe, reference for TensorFlow)').argParser(oneOf('walk', ['reference', 'progressive'])))
    .addOption(new Option('--include_inner_product', 'entries for fully connected layers too'))
    .addOption(new Option('--power_of_two', 'thresholds whose grid step is a power of two'))
    .addOption(new Option('--unify_concat', "write a Concat's threshold back through Pooling and inner Concats too"))
    .addOption(new Option('--manifest <file>', 'what it takes to repeat this run: flags, seed, files, SHA-256'));
  calibrationFlags(command);
  preprocessingFlags(command);
  return effortFlags(command).action(runQuantize);
}

async function runQuantize(flags: QuantizeOptions & { quiet?: boolean }): Promise<void> {
  const progress = openProgress(flags.quiet === true);
  const { quiet: _quiet, ...options } = flags;
  const result = await quantize(options, { progress: progress.report, warn: (line) => environment.writeError(`${line}\n`) }).finally(progress.end);
  environment.writeOutput(summary(result));
}

function summary({ entries, files, output }: QuantizeResult): string {
  const rows = entries.map((entry) => [entry.name, String(entry.bw_layer_in), entry.th_layer_in.toPrecision(6), entry.th_layer_out.toPrecision(6), String(entry.scale.length)]);
  const images = `${files.names.length} calibration images${files.seed === undefined ? '' : `, seed ${files.seed}`}`;
  return `${table(['layer', 'bits', 'th_layer_in', 'th_layer_out', 'channels'], rows)}\n${entries.length} entries from ${images}: ${output}\n`;
}
