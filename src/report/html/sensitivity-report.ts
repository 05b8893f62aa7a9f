import type { Closeness, Sensitivity } from '../../verification/sensitivity/sensitivity.js';
import { joinedLabel } from '../layer-label.js';
import { decibels } from '../verdict.js';
import { counted, percent } from '../words.js';
import { markOf } from './grades.js';
import { decibelScale, twoBars } from './layer-bars.js';
import { html, type Markup } from './markup.js';
import { originsTable } from './origins.js';
import { pageText } from './page.js';
import { axis, legend, type Row, rowsOf } from './plot.js';
import type { Origin } from './report-data.js';

/** What a report of a sensitivity analysis shows, as plain data. */
export interface SensitivityReport {
  readonly title: string;
  readonly subtitle: string;
  readonly version: string;
  readonly sensitivity: Sensitivity;
  readonly origins: readonly Origin[];
}

const agreementOf = ({ agreement }: Closeness): string => (agreement === null ? '' : `, ${percent(agreement)}`);
const closeness = (value: Closeness): string => `${decibels(value.sqnr)}${agreementOf(value)}`;

/** The report of a sensitivity analysis as one HTML file. The same data give the same bytes. */
export function sensitivityReport({ title, subtitle, version, sensitivity, origins }: SensitivityReport): string {
  return pageText({
    title,
    subtitle,
    version,
    sections: [
      { id: 'layers', title: 'What each layer costs', body: costBars(sensitivity) },
      { id: 'origins', title: 'What it was made from', body: originsTable(origins) },
    ],
  });
}

function costBars({ layers, deployed, output, images }: Sensitivity): Markup {
  const scale = decibelScale(layers.flatMap(({ quantized, float }) => [quantized.sqnr, float.sqnr]));
  const rows = layers.map(({ name, followers, quantized, float }): Row => {
    const figure = `alone ${closeness(quantized)}; without it ${closeness(float)}`;
    const drawing = twoBars(scale, [float.sqnr, quantized.sqnr]);
    return { name: joinedLabel(name, followers), drawing, figure, mark: markOf(quantized.sqnr) };
  });
  const share = output === null ? '' : ` The share is that of images whose best class at "${output}" is that of float.`;
  return html`<p>With every layer quantized: ${closeness(deployed)} at the outputs, over ${counted(images, 'image')}. The most costly layer stands first.${share}</p>
${legend([
  ['alone', 'without it: only this layer in float'],
  ['deployed', 'alone: only this layer quantized'],
])}${rowsOf(
  rows,
  axis(scale, (value) => `${value} dB`),
  true,
)}`;
}
