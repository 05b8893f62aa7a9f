import { writeFileSync } from 'node:fs';
import { describeMachine } from './machine.js';
import { formatTable } from './table.js';

/** Writes the table and what it was measured on to RESULTS.md. @param {readonly import('./table.js').Row[]} rows @param {import('./options.js').Options} options */
export function recordResults(rows, { runs, images }) {
  const text = `# Results

${describeMachine()}.

Every row is one race: the sides take turns, ${runs} rounds after one to warm up, ${images} images per thread and run in the forward
rows; times are of one image or one job. A ratio below 1 is faster than the peer. What the rows are: [README.md](README.md).

${formatTable(rows)}
`;
  writeFileSync(new URL('RESULTS.md', import.meta.url), text);
}
