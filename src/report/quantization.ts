import type { ScalingEntry } from '../scaling/index.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { NextCommand } from './next-commands.js';
import type { TextStyle } from './style.js';
import { table } from './table.js';
import { quickLookText } from './verdict.js';
import { visibleText } from './visible-text.js';
import { counted } from './words.js';

/** A scaling file that was written, and the images that it was calibrated on. */
interface WrittenScaling {
  readonly entries: readonly ScalingEntry[];
  readonly files: { readonly names: readonly string[]; readonly seed: number | undefined };
  /** Path of the scaling file. */
  readonly output: string;
  /** One line for each layer whose codes are rescaled. */
  readonly rescaled: readonly string[];
  readonly overlay: string;
  /** The verdict of the quick look; undefined where there was none. */
  readonly verdict: Verdict | undefined;
}

/** The entries as a table, where it is wide the layers whose codes are rescaled, a summary, and the quick look with the commands that go on from it. */
export function quantizationText(
  { entries, files, output, rescaled, overlay, verdict }: WrittenScaling,
  style: TextStyle = {},
  commands: readonly NextCommand[] = [],
): string {
  const rows = entries.map((entry) => [
    entry.name,
    String(entry.bw_layer_in),
    entry.th_layer_in.toPrecision(6),
    entry.th_layer_out.toPrecision(6),
    String(entry.scale.length),
  ]);
  const seed = files.seed === undefined ? '' : `, seed ${files.seed}`;
  return [
    table(['layer', 'bits', 'th_layer_in', 'th_layer_out', 'channels'], rows, style),
    ...(style.wide === true ? visibleText(rescaled) : []),
    `${counted(entries.length, 'entry', 'entries')} from ${counted(files.names.length, 'calibration image')}${seed}: ${visibleText(output)}`,
    verdict === undefined ? '' : quickLookText(visibleText(verdict), overlay, visibleText(commands)),
  ].join('\n');
}
