import type { OverlayName } from '../scaling/index.js';
import { type Fault, isFault } from '../scaling-file/fault.js';
import { isRescaling } from '../scaling-file/grid-mismatches.js';
import { faultLines } from './fault-lines.js';
import type { TextStyle } from './style.js';
import { visibleText } from './visible-text.js';
import { counted } from './words.js';

/** The findings about a checked scaling file. */
interface CheckedFile {
  readonly overlay: OverlayName;
  /** The overlay that most of its entries speak for. */
  readonly detected?: OverlayName;
  /** Number of entries. */
  readonly entries: number;
  readonly faults: readonly Fault[];
  /** Number of findings that were repaired. */
  readonly fixed: number;
  /** The repaired file, if one was written. */
  readonly output?: string;
}

/**
 * One line for each finding, and a summary. Rescaled codes, which are normal, are listed and counted where the text is wide.
 * `scaling`: the file that was checked.
 */
export function checkText(result: CheckedFile, scaling: string, { wide }: TextStyle = {}): string {
  const { overlay, detected, output, fixed } = visibleText({
    overlay: result.overlay,
    detected: result.detected,
    output: result.output,
    fixed: result.fixed,
  });
  const shown = wide === true ? result.faults : result.faults.filter((fault) => !isRescaling(fault));
  const faults = shown.filter(isFault).length;
  const repaired = output === undefined ? '' : `, ${counted(fixed, 'finding')} repaired in ${output}`;
  const other = detected === undefined || detected === overlay ? '' : ` (most entries are for ${detected})`;
  const summary = `${counted(result.entries, 'entry', 'entries')} for overlay ${overlay}${other}: ${counted(faults, 'fault')}, ${counted(shown.length - faults, 'warning')}${repaired}`;
  const why =
    output === undefined || faults === 0
      ? []
      : [
          'The faults above stay: they do not follow from the rest of the file. Correct thresholds, widths and names by hand, or quantize again.',
        ];
  return [...faultLines(shown, output ?? scaling), summary, ...why, ''].join('\n');
}
