export { percent } from '../verification/percent.js';

/** `1 fault`, `2 faults`; `many` is the plural of words that do not take an s. */
export const counted = (count: number, word: string, many = `${word}s`): string =>
  `${count} ${count === 1 ? word : many}`;

/** Sentences as lines of at most so many columns, as far as their words are not longer. */
export function wrapped(sentences: readonly string[], columns = 100): string[] {
  const lines: string[] = [];
  for (const word of sentences.flatMap((sentence) => sentence.split(' '))) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** A list below its head: each item begins a line and goes on further in, within 100 columns. One item stays on the head's line. */
export function listLines(head: string, items: readonly string[]): string[] {
  const [only = '', ...others] = items;
  if (others.length === 0 && head.length + only.length < 100) return [`${head} ${only}`];
  const lines = (item: string): string[] => wrapped([item], 96).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);
  return [head, ...firstOf(items.flatMap(lines))];
}

/** A whole number with commas between thousands. */
export const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

/** Lines of one kind that are printed. */
const PRINTED = 100;

/** The first lines of a list, and how many more there are. */
export function firstOf(lines: readonly string[]): readonly string[] {
  if (lines.length <= PRINTED) return lines;
  return [...lines.slice(0, PRINTED), `and ${lines.length - PRINTED} more`];
}
