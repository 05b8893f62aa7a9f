import { visibleText } from './visible-text.js';

/** A text table: columns are as wide as their widest cell, columns of numbers are aligned to the right, a rule is under the head. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = visibleText(body);
  const widths = head.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), title.length),
  );
  const numeric = head.map(
    (_, column) =>
      rows.length > 0 && rows.every((row) => /^(-?[\d.,]+(e[+-]?\d+)?%?|-?Infinity|NaN|-|)$/i.test(row[column] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(cell, widths[column] ?? 0, numeric[column] ?? false))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

const pad = (cell: string, width: number, isNumber: boolean): string =>
  isNumber ? cell.padStart(width) : cell.padEnd(width);
