import { log2 } from '../../math.js';
import { type OverlayName, overlayOf } from '../../scaling/index.js';
import { layerLabel } from '../layer-label.js';
import { percent } from '../words.js';
import { html, type Markup } from './markup.js';
import { at, axis, bar, legend, percentScale, plot, type Row, rowsOf, verticalLine } from './plot.js';
import { countOfImages } from './range-boxes.js';
import type { ReportedLayer } from './report-data.js';

const HEIGHT = 20;
/** A share of values from which clips are marked. */
const NOTABLE = 0.01;

/**
 * What the integers of each layer hold and lose: bits of sums, possible and used over some images, clips before and after
 * scaling, dead channels.
 */
export function integerBudget(layers: readonly ReportedLayer[], overlay: OverlayName, images: number): Markup {
  const counted = layers.filter(({ values }) => values > 0);
  if (counted.length === 0) return html`<p>Nothing was counted.</p>`;
  const widest = Math.max(24, ...counted.map(({ accumulator }) => accumulator?.bits ?? 0));
  const scale = percentScale(0, widest + 2);
  const rows = counted.map((layer): Row => {
    const { accumulator } = layer;
    const limit = layer.bw === 8 || layer.bw === 16 ? overlayOf(overlay).interLayer[layer.bw].accumulatorBits : null;
    const line = limit === null ? null : verticalLine(at(scale, limit), HEIGHT, 'limit bad');
    const kind = accumulator?.canOverflow === true ? 'fill-poor' : 'alone';
    const possible = accumulator === null ? null : bar(scale, [0, accumulator.bits], 2, kind);
    const used = layer.largestSum === null ? null : bar(scale, [0, bitsUsed(layer.largestSum)], 11, 'deployed');
    const lost = (layer.clipped + layer.prescaleClipped) / layer.values;
    const mark = layer.overflows > 0 ? 'bad' : lost >= NOTABLE ? 'poor' : undefined;
    return {
      name: layerLabel(layer),
      drawing: plot(HEIGHT, html`${possible}${used}${line}`),
      figure: budgetOf(layer),
      mark,
    };
  });
  const isUsed = counted.some(({ largestSum }) => largestSum !== null);
  const made = isUsed ? `, and of the largest that they made over ${countOfImages(images)}` : '';
  return html`<p>Signed bits of the largest sum that a layer's weights can make of any input${made},
the overlay's accumulator as the dashed line; then shares of values that were clipped before scaling and at the threshold, sums that left the accumulator, and channels that are 0 in every image.</p>
${legend([
  ['alone', 'bits of the largest possible sum'],
  ['fill-poor', 'the same, more than the accumulator has'],
  ...(isUsed ? ([['deployed', 'bits used']] as const) : []),
])}${rowsOf(
  rows,
  axis(scale, (value) => `${value} bits`),
  true,
)}`;
}

/** Signed bits that hold a magnitude, as a number between whole ones: what is left of the accumulator is seen at a glance. */
const bitsUsed = (magnitude: number): number => 1 + log2(1 + magnitude);

function budgetOf({
  accumulator,
  largestSum,
  values,
  prescaleClipped,
  clipped,
  overflows,
  deadChannels,
}: ReportedLayer): string {
  const share = (count: number, where: string): string[] =>
    count === 0 ? [] : [`${percent(count / values)} ${where}`];
  const lost = [
    ...share(prescaleClipped, 'before scaling'),
    ...share(clipped, 'at the threshold'),
    ...(overflows > 0 ? [`${overflows} overflows`] : []),
    ...(deadChannels.length > 0 ? [`${deadChannels.length} dead`] : []),
  ];
  const used = largestSum === null ? '' : `${bitsUsed(largestSum).toFixed(1)} of `;
  const bits = accumulator === null ? [] : [`${used}${accumulator.bits} bits`];
  return [...bits, ...(lost.length === 0 ? ['nothing clipped'] : lost)].join(', ');
}
