import { decibels } from '../verdict.js';
import { markOf } from './grades.js';
import { decibelScale } from './layer-bars.js';
import { html, type Markup } from './markup.js';
import { axis, bar, plot, type Row, rowsOf } from './plot.js';
import type { OutputParts } from './report-data.js';

const HEIGHT = 11;

/** What is in codes, and its key. */
const PARTS = [
  ['weights', 'weights only'],
  ['activations', 'activations only'],
  ['both', 'both'],
  ['deployed', 'as deployed'],
] as const;

/** What each output keeps with only a part of the network in codes. */
export function partBars(parts: readonly OutputParts[], images: string): Markup {
  if (parts.length === 0) return html`<p>No output is compared.</p>`;
  const scale = decibelScale(parts.flatMap((of) => PARTS.map(([key]) => of[key])));
  const rows = parts.flatMap((of) =>
    PARTS.map(([key, words]): Row => {
      const kind = key === 'deployed' ? 'deployed' : 'alone';
      const name = parts.length === 1 ? words : `${of.output}: ${words}`;
      const drawing = plot(HEIGHT, html`${bar(scale, [0, of[key]], 2, kind)}`);
      return { name, drawing, figure: decibels(of[key]), mark: markOf(of[key]) };
    }),
  );
  return html`<p>Signal to noise in dB ${parts.length === 1 ? html`at "${parts[0]?.output ?? ''}"` : 'at each output'} over ${images}, with only weights or only activations rounded to their codes and everything else in float,
with both, and as deployed. The lower of the first two costs more. Where "as deployed" is below "both", the overlay's arithmetic costs the difference: multipliers, biases in codes, clamps before scaling.</p>
${rowsOf(
  rows,
  axis(scale, (value) => `${value} dB`),
)}`;
}
