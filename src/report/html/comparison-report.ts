import { scaleLog } from 'd3-scale';
import type { ScalingEntry } from '../../scaling/index.js';
import type { ScalingComparison } from '../../scaling-file/compare.js';
import { comparisonRows } from '../comparison.js';
import { percent } from '../words.js';
import { html, type Markup } from './markup.js';
import { pageText } from './page.js';
import { legend, plot, type Row, rounded, rowsOf } from './plot.js';
import { digits } from './range-boxes.js';

/** What a report of two scaling files shows, as plain data. */
export interface ComparisonReport {
  readonly version: string;
  /** Paths of the files. */
  readonly names: readonly [first: string, second: string];
  readonly files: readonly [first: readonly ScalingEntry[], second: readonly ScalingEntry[]];
  readonly comparison: ScalingComparison & { readonly tolerance: number };
}

/** The report of a comparison as one HTML file. The same data give the same bytes. */
export function comparisonReport({ version, names, files, comparison }: ComparisonReport): string {
  return pageText({
    title: 'Two scaling files',
    subtitle: names.join(' and '),
    version,
    sections: [
      { id: 'thresholds', title: 'Thresholds side by side', body: thresholdBars(files, comparison.tolerance) },
      { id: 'moves', title: 'What moved', body: movesTable(comparison, names) },
    ],
  });
}

/** The thresholds of the entries that two files have in common, side by side. */
export function thresholdBars([first, second]: ComparisonReport['files'], tolerance: number): Markup {
  const others = new Map(second.map((entry) => [entry.name, entry]));
  const pairs = first.flatMap((entry) => {
    const other = others.get(entry.name);
    return other === undefined ? [] : [{ name: entry.name, from: entry.th_layer_out, to: other.th_layer_out }];
  });
  const positive = pairs.flatMap(({ from, to }) => [from, to]).filter((value) => value > 0);
  if (positive.length === 0) return html`<p>The files have no entry in common.</p>`;
  const [low, high] = [Math.min(...positive) / 2, Math.max(...positive)];
  const scale = scaleLog().domain([low, high]).range([0, 100]).clamp(true);
  const barOf = (value: number, y: number, kind: string): Markup =>
    html`<rect class="${kind}" x="0" y="${y}" width="${value > 0 ? rounded(scale(value)) : 0}%" height="7"/>`;
  const rows = pairs.map(({ name, from, to }): Row => {
    const moved = from === to ? 0 : (to - from) / Math.max(Math.abs(from), Math.abs(to));
    const drawing = plot(20, [barOf(from, 2, 'alone'), barOf(to, 11, 'deployed')]);
    const figure = `${digits(from)} to ${digits(to)}, ${moved > 0 ? '+' : ''}${percent(moved, 3)}`;
    return { name, drawing, figure, mark: Math.abs(moved) > tolerance ? 'poor' : undefined };
  });
  return html`<p>th_layer_out of the entries that both files have, on a log scale.</p>
${legend([
  ['alone', 'first'],
  ['deployed', 'second'],
])}${rowsOf(rows, plot(1, []), true)}`;
}

function movesTable(comparison: ComparisonReport['comparison'], [first, second]: ComparisonReport['names']): Markup {
  const { head, rows, verdict } = comparisonRows(comparison);
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="Table of moves"><table><thead><tr>${head.map(
    (title) => html`<th scope="col">${title}</th>`,
  )}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;
  const alone = [
    ...comparison.onlyFirst.map((name) => html`<p>Entry "${name}" is only in ${first}.</p>`),
    ...comparison.onlySecond.map((name) => html`<p>Entry "${name}" is only in ${second}.</p>`),
  ];
  return html`<p>${verdict}.</p>${alone}${rows.length > 0 && table}`;
}
