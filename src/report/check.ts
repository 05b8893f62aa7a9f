import type { OverlayName } from '../scaling/index.js';
import { type Fault, isFault } from '../scaling-file/fault.js';
import { faultLines } from './fault-lines.js';
import { visibleText } from './visible-text.js';
import { counted } from './words.js';

/** The findings about a checked scaling file. */
interface CheckedFile {
  readonly overlay: OverlayName;
  /** Number of entries. */
  readonly entries: number;
  readonly faults: readonly Fault[];
  /** Number of findings that were repaired. */
  readonly fixed: number;
  /** The repaired file, if one was written. */
  readonly output?: string;
}

/** One line for each finding, and a summary. `scaling`: the file that was checked. */
export function checkText(result: CheckedFile, scaling: string): string {
  const { overlay, output, fixed } = visibleText({
    overlay: result.overlay,
    output: result.output,
    fixed: result.fixed,
  });
  const faults = result.faults.filter(isFault).length;
  const repaired = output === undefined ? '' : `, ${counted(fixed, 'finding')} repaired in ${output}`;
  const summary = `${counted(result.entries, 'entry', 'entries')} for overlay ${overlay}: ${counted(faults, 'fault')}, ${counted(result.faults.length - faults, 'warning')}${repaired}`;
  return [...faultLines(result.faults, output ?? scaling), summary, ''].join('\n');
}
