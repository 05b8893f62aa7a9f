import type { Fault } from '../scaling-file/fault.js';
import type { Verdict } from '../verification/verdict/verdict.js';
import type { Shares, Verification, VerifiedLayer } from '../verification/verification.js';
import { markdownText } from './escape.js';
import { firstFaults } from './fault-lines.js';
import { annotation, junitText, markdownTable, type SummaryForm } from './summary-forms.js';
import { decibels, verdictLines } from './verdict.js';
import { counted, percent } from './words.js';

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
    ...firstFaults(result.faults, file).map((line) => `- **fault** ${markdownText(line)}`),
    ...verdictLines(verdict).map((sentence) => `- ${markdownText(sentence)}`),
    '',
    ...markdownTable(['weakest layers', 'alone', 'deployed'], layers),
    '',
  ].join('\n');
}

/** The layers that keep least as deployed, the worst first. */
function worstLayers(layers: readonly VerifiedLayer[]): VerifiedLayer[] {
  const noisy = layers.filter(({ accumulated }) => accumulated.sqnr < Infinity);
  return noisy.sort((a, b) => a.accumulated.sqnr - b.accumulated.sqnr).slice(0, WORST);
}

/** A test suite with a case for the file, and one for each gate. */
function junit(result: Summarised, file: string, gates: readonly string[]): string {
  const { missed, verdict, faults } = result;
  const ofGate = (gate: string): string | undefined => missed.find((sentence) => sentence.startsWith(`${gate}:`));
  const ofFile = missed.find((sentence) => !sentence.startsWith('--'));
  const cases = [
    { name: 'the scaling file fits', failure: ofFile, details: firstFaults(faults, file) },
    ...gates.map((gate) => ({ name: gate, failure: ofGate(gate) })),
  ];
  return junitText(file, cases, verdictLines(verdict).join(' '));
}

/** Workflow commands of GitHub: an error for each missed gate and the first faults, a warning or a notice for the verdict. */
function annotations({ missed, verdict, faults }: Summarised, file: string): string {
  const level = verdict.grade === 'good' ? 'notice' : 'warning';
  return [
    ...[...missed, ...firstFaults(faults, file)].map((text) => annotation('error', file, text)),
    annotation(level, file, verdictLines(verdict).join(' ')),
  ].join('');
}

const sharesText = ({ top1, top5 }: Shares): string =>
  `top-1 ${percent(top1)}${top5 === null ? '' : `, top-5 ${percent(top5)}`}`;
