import { layerLabel } from '../layer-label.js';
import { decibels } from '../verdict.js';
import { channelPlot } from './channel-ranges.js';
import { markOf } from './grades.js';
import { histogramPlot } from './histogram.js';
import { html, type Markup } from './markup.js';
import { lineLegend } from './plot.js';
import { countOfImages } from './range-boxes.js';
import type { ReportedLayer } from './report-data.js';

/** The histogram and the ranges of channels of each layer, folded; the worst layer is unfolded. */
export function layerDetails(layers: readonly ReportedLayer[], images: number): Markup {
  const shown = layers.filter(({ range, weights }) => range !== null || weights !== null);
  const worst = shown.reduce<ReportedLayer | undefined>(
    (low, layer) => (low === undefined || layer.accumulated.sqnr < low.accumulated.sqnr ? layer : low),
    undefined,
  );
  if (shown.length === 0) return html`<p>No layer was measured.</p>`;
  return html`<p>Magnitudes in float over ${countOfImages(images)}. The curves say what other thresholds would cost on these images, each on a log scale of its own, with its least as a line of its colour. Channels are in their order.</p>
${lineLegend([
  ['limit bad', 'threshold'],
  ['limit', 'maximum'],
  ['curve', 'mean squared error'],
  ['curve other', "divergence, which the original's search compares"],
])}
${shown.map((layer) => detailsOf(layer, layer === worst))}`;
}

function detailsOf(layer: ReportedLayer, isOpen: boolean): Markup {
  const { accumulated, range, weights, th_layer_out: threshold, type } = layer;
  const limits = threshold === null ? [] : [threshold];
  return html`<details ${isOpen && { markup: 'open' }}><summary>${layerLabel(layer)} <span class="faint">${type}</span>, as deployed <span class="${markOf(accumulated.sqnr)}">${decibels(
    accumulated.sqnr,
  )}</span></summary>
<div class="plots">${histogramOf(layer)}${range !== null && channelPlot('Activations', range.channels, limits)}${
    weights !== null && channelPlot('Weights', weights.largest, weights.thresholds)
  }</div></details>
`;
}

function histogramOf({ range, th_layer_out: threshold, bw }: ReportedLayer): Markup | null {
  if (range === null || range.histogram === null || threshold === null || (bw !== 8 && bw !== 16)) return null;
  const largest = Math.max(-range.least, range.greatest);
  return histogramPlot({ histogram: range.histogram, threshold, largest, bits: bw });
}
