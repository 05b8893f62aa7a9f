import { layerLabel } from '../layer-label.js';
import { html, type Markup } from './markup.js';
import { at, axis, bar, legend, percentScale, plot, type Row, rowsOf, verticalLine } from './plot.js';
import type { ReportedLayer } from './report-data.js';

const HEIGHT = 15;
/** How many thresholds the scale reaches to either side. */
const REACH = 2;
/** Of a window less than this is a coarse grid. */
const LITTLE = 0.25;

/** The range of values of each layer against what its codes can hold. */
export function rangeBoxes(layers: readonly ReportedLayer[], images: number): Markup {
  const scale = percentScale(-REACH, REACH);
  const rows = layers.flatMap((layer): Row[] => {
    const { range, th_layer_out: threshold } = layer;
    if (range === null || threshold === null || !(threshold > 0)) return [];
    const [least, greatest] = [range.least / threshold, range.greatest / threshold];
    const farthest = Math.max(-least, greatest);
    const window = html`<rect class="window" x="${at(scale, -1)}" width="50%" y="0" height="${HEIGHT}"/>`;
    const box = bar(scale, [least, greatest], 4, farthest > REACH ? 'fill-poor' : 'deployed');
    const drawing = plot(HEIGHT, html`${window}${verticalLine(at(scale, 0), HEIGHT, 'grid')}${box}`);
    const figure = `${digits(range.least)} to ${digits(range.greatest)}, threshold ${digits(threshold)}`;
    return [{ name: layerLabel(layer), drawing, figure, mark: farthest < LITTLE ? 'poor' : undefined }];
  });
  if (rows.length === 0) return html`<p>No layer has a range and a threshold.</p>`;
  return html`<p>Least to greatest value in float over ${countOfImages(images)}, against what codes can hold: minus the threshold to the threshold.
What is beyond is clipped. A box that fills little of its window wastes codes.</p>
${legend([
  ['window', 'held by codes'],
  ['deployed', 'values'],
  ['fill-poor', `values beyond ${REACH} thresholds`],
])}${rowsOf(
  rows,
  axis(scale, (value) => `${value} th`),
  true,
)}`;
}

/** A number with three digits that count. */
export const digits = (value: number): string => String(Number(value.toPrecision(3)));

/** `the first 2 images`. */
export const countOfImages = (images: number): string =>
  images === 1 ? 'the first image' : `the first ${images} images`;
