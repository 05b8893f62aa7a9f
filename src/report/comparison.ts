import type { Move, ScalingComparison } from '../scaling-file/compare.js';
import { formatFloat } from '../scaling-file/format.js';
import { placeOf } from '../scaling-file/parse.js';
import { markdownText } from './escape.js';
import type { TextStyle } from './style.js';
import { markdownTable } from './summary-forms.js';
import { table } from './table.js';
import { visibleText } from './visible-text.js';
import { counted, percent } from './words.js';

/**
 * A comparison of two scaling files as a table of what moved by more than the tolerance (wide: by anything), the entries
 * of one file only, and a verdict.
 */
export function comparisonText(
  comparison: ScalingComparison & { readonly tolerance: number },
  first: string,
  second: string,
  style: TextStyle = {},
): string {
  const { moves, tolerance } = comparison;
  const { onlyFirst, onlySecond } = visibleText({ onlyFirst: comparison.onlyFirst, onlySecond: comparison.onlySecond });
  const shown = style.wide === true ? moves : moves.filter(({ relative }) => relative > tolerance);
  const marks = shown.map(({ relative }) => (relative > tolerance ? undefined : ('faint' as const)));
  const lines = shown.length === 0 ? [] : [table(HEAD, shown.map(rowOf), { ...style, names: [0, 1], marks }), ''];
  for (const name of onlyFirst) lines.push(`entry "${name}" is only in ${first}`);
  for (const name of onlySecond) lines.push(`entry "${name}" is only in ${second}`);
  return [...lines, verdict(comparison), ''].join('\n');
}

/** Entries that a comment lists: a longer one is not read. */
const LISTED = 20;

/** A comparison as Markdown: the outcome, what moved most by more than the tolerance, the entries of one file only. */
export function comparisonSummary(
  comparison: ScalingComparison & { readonly tolerance: number; readonly passed: boolean },
  first: string,
  second: string,
): string {
  const beyond = comparison.moves.filter(({ relative }) => relative > comparison.tolerance);
  const shown = beyond.slice(0, LISTED).map((move) => rowOf(move).map(markdownText));
  const more = beyond.length > LISTED ? ['', `and ${beyond.length - LISTED} more`] : [];
  const alone = (names: readonly string[], file: string): string[] =>
    names.map((name) => `- entry ${markdownText(name)} is only in ${markdownText(file)}`);
  return [
    `### xfdnn compare: ${comparison.passed ? 'no change beyond the tolerance' : 'changed'}`,
    '',
    `${markdownText(first)} → ${markdownText(second)}: ${verdict(comparison)}.`,
    '',
    ...(shown.length === 0 ? [] : [...markdownTable(HEAD, shown), ...more, '']),
    ...alone(comparison.onlyFirst, first),
    ...alone(comparison.onlySecond, second),
    '',
  ].join('\n');
}

const HEAD = ['entry', 'key', 'first', 'second', 'moved by', 'elements'];

/** What moved by more than the tolerance as cells below their titles, and the sentence that counts it. */
export function comparisonRows(comparison: ScalingComparison & { readonly tolerance: number }): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly verdict: string;
} {
  const beyond = comparison.moves.filter(({ relative }) => relative > comparison.tolerance);
  return { head: HEAD, rows: beyond.map(rowOf), verdict: verdict(comparison) };
}

function rowOf(move: Move): string[] {
  const { entry, from, to, relative, count } = move;
  return [entry, placeOf(move), digits(from), digits(to), change(relative), String(count)];
}

/** A relative change as a percentage of three digits; widths and lengths differ without one. */
const change = (relative: number): string => (relative === Infinity ? 'differs' : percent(relative, 3));

/** A number as the scaling file writes it: every digit, small numbers with an exponent. */
const digits = (value: number): string => (Number.isInteger(value) ? String(value) : formatFloat(value));

function verdict({
  moves,
  onlyFirst,
  onlySecond,
  tolerance,
}: ScalingComparison & { readonly tolerance: number }): string {
  const beyond = moves.filter(({ relative }) => relative > tolerance).length;
  const moved =
    moves.length === 0
      ? 'nothing moved'
      : `${counted(moves.length, 'key')} moved, ${beyond} of them by more than ${change(tolerance)}`;
  const alone = onlyFirst.length + onlySecond.length;
  return alone === 0 ? moved : `${moved}; ${counted(alone, 'entry is', 'entries are')} in one file only`;
}
