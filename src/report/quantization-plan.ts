import type { PlanDescription } from '../calibration/dump.js';
import type { CalibrationFiles, Preprocessing } from '../images/index.js';
import { formatShape } from '../tensor.js';
import type { TextStyle } from './style.js';
import { counted, grouped } from './words.js';

/** A planned quantization. */
interface Planned {
  readonly output: string;
  readonly files: CalibrationFiles;
  readonly preprocessing: Preprocessing;
  readonly walk: string;
  readonly plan: PlanDescription;
  readonly threads: number;
  /** Bytes. */
  readonly memory: Readonly<Record<'activations' | 'weights' | 'layers' | 'look' | 'total', number>>;
}

/** Files that are named where the text is not wide. */
const SHOWN = 6;

/** Sample, preprocessing, plan and memory of a quantization that was not done; wide: every file and every layer. */
export function quantizationPlanText(planned: Planned, { wide }: TextStyle = {}): string {
  const { files, plan, walk, output } = planned;
  const shown = wide === true ? files.names : files.names.slice(0, SHOWN);
  const more = files.names.length - shown.length;
  const seed = files.seed === undefined ? '' : `, seed ${files.seed}`;
  const lines = [
    `sample: ${counted(files.names.length, 'image')}${seed}: ${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`,
    `preprocessing: ${preprocessingText(planned.preprocessing)}`,
    `plan: the ${walk} walk; ${plan.summary.join(' ')}`,
    ...(wide === true
      ? plan.layers.flatMap(({ name, type, facts }) => [`  ${name} (${type}): ${facts.join('; ')}`])
      : []),
    memoryText(planned),
    `Nothing was written. Without --dry_run the scaling file is ${output}.`,
  ];
  return `${lines.join('\n')}\n`;
}

function memoryText({ memory: { activations, weights, layers, look, total }, threads }: Planned): string {
  const parts = `${grouped(activations)} of activations (kept up to --memory, the rest in a temporary file), ${grouped(weights)} of weights, ${grouped(layers)} for the largest layer, ${grouped(look)} for the quick look in place of activations and layer`;
  return `memory: about ${grouped(total)} bytes with ${counted(threads, 'thread')}: ${parts}, the rest the program itself`;
}

function preprocessingText({
  dims,
  transpose,
  channelSwap,
  rawScale,
  meanValue,
  inputScale,
  resize,
  kind,
}: Preprocessing): string {
  const size = kind === 'image' ? `resize (${resize}) to ${formatShape(dims)}` : `arrays of ${formatShape(dims)}`;
  return `${size}, transpose ${transpose.join()}, channel_swap ${channelSwap.join()}, raw_scale ${rawScale}, mean_value ${meanValue.join()}, input_scale ${inputScale}`;
}
