export { percent } from '../verification/percent.js';

/** `1 fault`, `2 faults`; `many` is the plural of words that do not take an s. */
export const counted = (count: number, word: string, many = `${word}s`): string =>
  `${count} ${count === 1 ? word : many}`;

/** Sentences as lines of at most 100 columns. */
export function wrapped(sentences: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of sentences.flatMap((sentence) => sentence.split(' '))) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
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
