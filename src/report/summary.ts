import type { Fault } from '../scaling-file/fault.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { Shares, Verification, VerifiedLayer } from '../verification/verification.js';
import { annotationProperty, annotationText, markdownText, xmlText } from './escape.js';
import { decibels, verdictLines } from './verdict.js';
import { counted, percent } from './words.js';

/** The forms of the summary of a verification. */
export const SUMMARY_FORMS = ['markdown', 'junit', 'github'] as const;

/** A form of the summary of a verification: a table for a comment or a page, test cases, or annotations. */
export type SummaryForm = (typeof SUMMARY_FORMS)[number];

/** A verification with what is said of it. */
interface Summarised extends Verification {
  readonly verdict: Verdict;
  readonly overlay: string;
  readonly faults: readonly Fault[];
  /** One sentence for each gate that was missed, which begins with the gate's flag where it has one. */
  readonly missed: readonly string[];
}

/** Layers that a table of a summary lists. */
const WORST = 5;

/**
 * A verification for a machine or a review. `file`: the name of the scaling file; `gates`: the flags of the gates that were set,
 * such as `--min_sqnr`.
 */
export function verificationSummary(
  form: SummaryForm,
  result: Summarised,
  file: string,
  gates: readonly string[],
): string {
  switch (form) {
    case 'markdown':
      return markdown(result, file);
    case 'junit':
      return junit(result, file, gates);
    case 'github':
      return annotations(result, file);
  }
}

function markdown(result: Summarised, file: string): string {
  const { verdict, missed, images, overlay, agreement, accuracy } = result;
  const outcome = missed.length === 0 ? verdict.grade : `${verdict.grade}, ${counted(missed.length, 'gate')} missed`;
  const rows = [
    [
      'output',
      verdict.output === null ? '-' : `${decibels(verdict.output.sqnr)} at ${markdownText(verdict.output.layer)}`,
    ],
    ['agreement with float', agreement === null ? '-' : sharesText(agreement)],
    ...(accuracy === null
      ? []
      : [
          ['accuracy in float', sharesText(accuracy.float)],
          ['accuracy on the overlay', sharesText(accuracy.fixed)],
        ]),
  ];
  const layers = worstLayers(result.layers).map(({ name, accumulated, isolated }) => [
    markdownText(name),
    isolated === null ? '-' : decibels(isolated.sqnr),
    decibels(accumulated.sqnr),
  ]);
  return [
    `### xfdnn verify: ${outcome}`,
    '',
    `${markdownText(file)}, overlay ${overlay}, ${counted(images, 'image')}.`,
    '',
    ...markdownTable(['figure', 'value'], rows),
    '',
    ...missed.map((sentence) => `- **missed** ${markdownText(sentence)}`),
    ...verdictLines(verdict).map((sentence) => `- ${markdownText(sentence)}`),
    '',
    ...markdownTable(['weakest layers', 'alone', 'deployed'], layers),
    '',
  ].join('\n');
}

/** A table of cells that are escaped already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** The layers that keep least as deployed, the worst first. */
function worstLayers(layers: readonly VerifiedLayer[]): VerifiedLayer[] {
  const noisy = layers.filter(({ accumulated }) => accumulated.sqnr < Infinity);
  return noisy.sort((a, b) => a.accumulated.sqnr - b.accumulated.sqnr).slice(0, WORST);
}

/** A test suite with a case for the file, and one for each gate. */
function junit(result: Summarised, file: string, gates: readonly string[]): string {
  const { missed, verdict } = result;
  const ofGate = (gate: string): string | undefined => missed.find((sentence) => sentence.startsWith(`${gate}:`));
  const ofFile = missed.find((sentence) => !sentence.startsWith('--'));
  const cases = [['the scaling file fits', ofFile] as const, ...gates.map((gate) => [gate, ofGate(gate)] as const)];
  const failures = cases.filter(([, failure]) => failure !== undefined).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="xfdnn verify ${xmlText(file)}" tests="${cases.length}" failures="${failures}">`,
    ...cases.map(([name, failure]) => {
      const head = `  <testcase classname="${xmlText(file)}" name="${xmlText(name)}"`;
      return failure === undefined ? `${head}/>` : `${head}><failure message="${xmlText(failure)}"/></testcase>`;
    }),
    `  <system-out>${xmlText(verdictLines(verdict).join(' '))}</system-out>`,
    '</testsuite>',
    '',
  ].join('\n');
}

/** Workflow commands of GitHub: an error for each missed gate, a warning or a notice for the verdict. */
function annotations({ missed, verdict }: Summarised, file: string): string {
  const line = (level: string, text: string): string =>
    `::${level} file=${annotationProperty(file)},title=xfdnn verify::${annotationText(text)}\n`;
  const level = verdict.grade === 'good' ? 'notice' : 'warning';
  return [...missed.map((text) => line('error', text)), line(level, verdictLines(verdict).join(' '))].join('');
}

const sharesText = ({ top1, top5 }: Shares): string =>
  `top-1 ${percent(top1)}${top5 === null ? '' : `, top-5 ${percent(top5)}`}`;
