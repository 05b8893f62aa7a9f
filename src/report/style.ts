/** How a report is laid out for people. */
export interface TextStyle {
  /** Whether every column and every line is shown; where absent, tables are at most 100 columns wide. */
  readonly wide?: boolean | undefined;
  /** Columns of the terminal, infinite where there is none: a narrower one than 100 narrows the names of a table. */
  readonly columns?: number | undefined;
  /** Whether rows are coloured. */
  readonly color?: boolean | undefined;
}

/** How a row of a table is marked: `bad` in red, `poor` in yellow, `faint` in grey. */
export type Mark = 'bad' | 'poor' | 'faint';

const CODES: Readonly<Record<Mark, string>> = { bad: '31', poor: '33', faint: '2' };

/** A line in the colour of its mark; as it is without one, or without colours. */
export function marked(line: string, mark: Mark | undefined, { color }: TextStyle): string {
  return color === true && mark !== undefined ? `\x1b[${CODES[mark]}m${line}\x1b[0m` : line;
}
