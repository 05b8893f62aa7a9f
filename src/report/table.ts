import { type Mark, marked, type TextStyle } from './style.js';
import { visibleText } from './visible-text.js';

/** The width of a table that is not wide, in characters. */
const LIMIT = 100;
/** The width that a column of names keeps. */
const LEAST = 12;
const GAP = '  ';

/** What a table shows beside its cells. */
export interface TableOptions extends TextStyle {
  /** Columns of names, which are shortened in the middle where the table is too wide. The first one if absent. */
  readonly names?: readonly number[] | undefined;
  /** The mark of each row. */
  readonly marks?: readonly (Mark | undefined)[] | undefined;
}

/**
 * A text table: columns are as wide as their widest cell, columns of numbers are aligned to the right, a rule is under
 * the head. Unless it is wide, names are shortened until it fits 100 columns, or a terminal that has fewer.
 */
export function table(
  head: readonly string[],
  body: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const rows = visibleText(body);
  const full = head.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), title.length),
  );
  const widths =
    options.wide === true ? full : fitted(full, options.names ?? [0], Math.min(LIMIT, options.columns ?? LIMIT));
  const numeric = head.map(
    (_, column) =>
      rows.length > 0 && rows.every((row) => /^(-?[\d.,]+(e[+-]?\d+)?%?|-?Infinity|NaN|-|)$/i.test(row[column] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(shortened(cell, widths[column] ?? 0), widths[column] ?? 0, numeric[column] ?? false))
      .join(GAP)
      .trimEnd();
  const lines = rows.map((row, index) => marked(line(row), options.marks?.[index], options));
  return [line(head), widths.map((width) => '-'.repeat(width)).join(GAP), ...lines].join('\n');
}

/** The widths with the widest columns of names made narrower until the sum fits. */
function fitted(full: readonly number[], names: readonly number[], limit: number): number[] {
  const widths = [...full];
  const width = (column: number): number => widths[column] ?? 0;
  let excess = widths.reduce((sum, size) => sum + size, (widths.length - 1) * GAP.length) - limit;
  for (; excess > 0; excess--) {
    const widest = names.reduce((best, column) => (width(column) > width(best) ? column : best), names[0] ?? 0);
    if (width(widest) <= LEAST) break;
    widths[widest] = width(widest) - 1;
  }
  return widths;
}

/** The beginning and the end of a text that is too long. */
function shortened(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${end === 0 ? '' : text.slice(-end)}`;
}

const pad = (cell: string, width: number, isNumber: boolean): string =>
  isNumber ? cell.padStart(width) : cell.padEnd(width);
