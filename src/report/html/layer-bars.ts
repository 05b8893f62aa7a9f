import { max } from 'd3-array';
import { layerLabel } from '../layer-label.js';
import { decibels } from '../verdict.js';
import { LIMITS, markOf } from './grades.js';
import { html, type Markup } from './markup.js';
import { at, axis, bar, legend, type Percent, percentScale, plot, type Row, rowsOf, verticalLine } from './plot.js';
import type { ReportedLayer } from './report-data.js';

const HEIGHT = 20;
/** The scale reaches at least so far, and at most so far, in dB. */
const [LEAST_TOP, MOST_TOP] = [30, 70];

/** A scale of decibels that holds these ratios. */
export function decibelScale(ratios: readonly number[]): Percent {
  const top = max(ratios.filter(Number.isFinite)) ?? LEAST_TOP;
  return percentScale(0, Math.min(MOST_TOP, Math.max(LEAST_TOP, top)));
}

/** Two bars of one row, and the limits of the grades; null: no bar. */
export function twoBars(scale: Percent, [first, second]: readonly [number | null, number | null]): Markup {
  const barOf = (ratio: number | null, y: number, kind: string): Markup | null =>
    ratio === null ? null : bar(scale, [0, ratio], y, kind);
  const own = second ?? first ?? Infinity;
  const kind = markOf(own) === 'bad' ? 'fill-bad' : markOf(own) === 'poor' ? 'fill-poor' : 'deployed';
  const lines = LIMITS.map(([limit, line]) => verticalLine(at(scale, limit), HEIGHT, line));
  return plot(HEIGHT, html`${barOf(first, 2, 'alone')}${barOf(second, 11, kind)}${lines}`);
}

/** What a layer keeps alone, in words: nothing is known of the input, and the host computes in float. */
const aloneText = ({ isolated, bw }: ReportedLayer): string =>
  isolated === null ? (bw === null ? 'host' : '-') : decibels(isolated.sqnr);

/** What each layer keeps alone and as deployed, in network order. */
export function layerBars(layers: readonly ReportedLayer[]): Markup {
  const ratios = layers.flatMap(({ isolated, accumulated }) => [isolated?.sqnr ?? 0, accumulated.sqnr]);
  const scale = decibelScale(ratios);
  const rows = layers.map((layer): Row => {
    const { isolated, accumulated } = layer;
    const drawing = twoBars(scale, [isolated?.sqnr ?? null, accumulated.sqnr]);
    const figure = `${aloneText(layer)} / ${decibels(accumulated.sqnr)}`;
    return { name: layerLabel(layer), drawing, figure, mark: markOf(accumulated.sqnr) };
  });
  return html`<p>Signal to noise in dB: each layer alone, everything before it in float, and as deployed, with the whole network on the overlay.
The dashed lines are the limits of the grades. A layer that is bad alone loses by itself; one that is only bad as deployed got its errors from the layers before it.</p>
${legend([
  ['alone', 'alone'],
  ['deployed', 'as deployed'],
  ['fill-poor', 'as deployed, below the limit of good'],
  ['fill-bad', 'as deployed, below the limit of broken'],
])}${rowsOf(
  rows,
  axis(scale, (value) => `${value} dB`),
)}`;
}
