import type { Fault } from '../scaling-file/fault.js';
import type { ComparedDump } from '../verification/compare-dump.js';
import { markdownText } from './escape.js';
import { faultedFile } from './fault-lines.js';
import { annotation, junitText, markdownTable, type SummaryForm } from './summary-forms.js';
import { dumpDifference } from './verification.js';
import { counted } from './words.js';

/** Dumps that were compared, and the findings about the scaling file. */
interface ComparedDumps {
  readonly dumps: readonly ComparedDump[];
  readonly faults: readonly Fault[];
}

/** A comparison of dumps for a machine or a review: a case for each dump. `file`: the name of the scaling file. */
export function dumpsSummary(form: SummaryForm, { dumps, faults }: ComparedDumps, file: string): string {
  const differing = dumps.filter((dump) => dump.differing > 0);
  const equal = `${counted(dumps.length - differing.length, 'dump')} of ${dumps.length} equal the emulation.`;
  const odd = faultedFile(faults, file);
  switch (form) {
    case 'markdown':
      return [
        `### xfdnn verify --dumps: ${differing.length === 0 ? 'equal' : `${counted(differing.length, 'dump')} differ`}`,
        '',
        ...[equal, ...odd, ...differing.slice(0, 1).map(dumpDifference)].map((line) => `- ${markdownText(line)}`),
        '',
        ...markdownTable(['dump', 'layer', 'images', 'elements', 'differ', 'by at most'], dumps.map(cellsOf)),
        '',
      ].join('\n');
    case 'junit': {
      const cases = dumps.map((dump) => ({
        name: `${dump.file} equals the emulation`,
        failure: dump.differing > 0 ? dumpDifference(dump) : undefined,
      }));
      return junitText(file, cases, [equal, ...odd].join(' '));
    }
    case 'github':
      return [
        ...differing.map((dump) => annotation('error', file, dumpDifference(dump))),
        ...odd.map((line) => annotation('warning', file, line)),
        annotation(differing.length === 0 ? 'notice' : 'warning', file, equal),
      ].join('');
  }
}

function cellsOf({ file, layer, images, elements, differing, largest }: ComparedDump): string[] {
  return [markdownText(file), markdownText(layer), ...[images, elements, differing, largest].map(String)];
}
