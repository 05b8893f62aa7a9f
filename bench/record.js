import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describeMachine } from './machine.js';
import { formatTable } from './table.js';

/** @typedef {import('./rows/index.js').Family} Family */

const RESULTS = new URL('RESULTS.md', import.meta.url);

/**
 * Writes the table of a family, what it was measured on and its plots to its section of RESULTS.md. The rest of that file stays as
 * it is. A family without a section gets one at the end.
 * @param {Family} family @param {readonly import('./table.js').Row[]} rows @param {import('./options.js').Options} options
 */
export function recordResults({ names, plots = [] }, rows, { runs }) {
  const before = readFileSync(RESULTS, 'utf8');
  const [start, end] = [`<!-- recorded: ${names.join(', ')} -->`, '<!-- end of recorded -->'];
  const pictures = plots.filter(isDrawn).map((plot) => `![${plot}](plots/${plot}.svg)`);
  const measured = `${describeMachine()}; \`--only ${names.join(',')} --runs ${runs}\`.`;
  const section = [start, measured, formatTable(rows), ...pictures, end].join('\n\n');
  const from = before.indexOf(start);
  const to = from < 0 ? -1 : before.indexOf(end, from);
  const text =
    to < 0 ? `${before.trimEnd()}\n\n${section}\n` : before.slice(0, from) + section + before.slice(to + end.length);
  writeFileSync(RESULTS, text);
}

/** @param {string} plot */
const isDrawn = (plot) => existsSync(new URL(`plots/${plot}.svg`, import.meta.url));
