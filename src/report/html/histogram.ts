import { max, range as numbers, sum } from 'd3-array';
import { area, line } from 'd3-shape';
import { CODES } from '../../fixed/grid.js';
import { log2 } from '../../math.js';
import { BINS_TO_THRESHOLD } from '../../verification/activation-ranges.js';
import { html, type Markup } from './markup.js';
import { at, axis, percentScale, plot, rounded, stretched, verticalLine } from './plot.js';
import { digits } from './range-boxes.js';

const HEIGHT = 110;
/** Bars of a histogram at most. */
const BARS = 96;

/** What a histogram is drawn of. */
export interface Magnitudes {
  readonly histogram: readonly number[];
  readonly threshold: number;
  /** The largest magnitude. */
  readonly largest: number;
  readonly bits: 8 | 16;
}

/**
 * The mean squared error of codes for thresholds from a quarter of the histogram's to its end, in units of bins: what is rounded
 * has an error that is uniform over a step, what is clipped has the whole excess. The first bin, nearly all zeros, does not count.
 * Source: docs/spec/quantizer.md, section 3.
 */
export function errorCurve(
  histogram: readonly number[],
  bits: 8 | 16,
): { readonly bin: number; readonly error: number }[] {
  const total = sum(histogram) || 1;
  const first = BINS_TO_THRESHOLD / 4;
  const step = Math.max(1, Math.floor((histogram.length - first) / BARS));
  return numbers(first, histogram.length + 1, step).map((bin) => {
    const rounding = (bin / CODES[bits].largest) ** 2 / 12;
    const errorOf = (middle: number): number => (middle < bin ? rounding : (middle - bin) ** 2);
    const error = sum(histogram, (count, j) => (j === 0 ? 0 : count * errorOf(j + 0.5)));
    return { bin, error: error / total };
  });
}

/** The magnitude at the right end of a plot. */
export const histogramReach = ({ histogram, threshold }: Pick<Magnitudes, 'histogram' | 'threshold'>): number =>
  (threshold * usedBins(histogram)) / BINS_TO_THRESHOLD;

/** The bins that are drawn: all that hold values, and at least those below the threshold. */
const usedBins = (histogram: readonly number[]): number => Math.max(lastUsed(histogram) + 1, BINS_TO_THRESHOLD + 2);

/** Counts of magnitudes on a log scale, with the threshold, the maximum and the error that other thresholds would have. */
export function histogramPlot(magnitudes: Magnitudes): Markup {
  const { histogram, threshold, largest, bits } = magnitudes;
  const used = histogram.slice(0, usedBins(histogram));
  const x = (bin: number): number => rounded((100 * bin) / used.length);
  const group = Math.ceil(used.length / BARS);
  const bars = numbers(0, used.length, group).map((bin) => ({ bin, count: sum(used.slice(bin, bin + group)) }));
  const top = log2(1 + (max(bars, ({ count }) => count) ?? 0)) || 1;
  const silhouette = area<{ readonly bin: number; readonly count: number }>()
    .x0(({ bin }) => x(bin))
    .x1(({ bin }) => x(bin))
    .y0(100)
    .y1(({ count }) => rounded(100 - (95 * log2(1 + count)) / top));
  const steps = bars.flatMap(({ bin, count }) => [
    { bin, count },
    { bin: Math.min(bin + group, used.length), count },
  ]);
  const scale = percentScale(0, histogramReach(magnitudes));
  const body = html`<path class="alone" d="${silhouette(steps)}"/>${curveOf(used, bits, x)}`;
  const lines = [
    verticalLine(at(scale, threshold), HEIGHT, 'limit bad'),
    verticalLine(at(scale, largest), HEIGHT, 'limit'),
  ];
  return html`<div><p class="faint">Magnitudes in float, counts on a log scale: threshold ${digits(threshold)}, maximum ${digits(largest)}.</p>
${plot(HEIGHT, html`${stretched(body, HEIGHT)}${lines}`)}${axis(scale, digits)}</div>`;
}

function curveOf(histogram: readonly number[], bits: 8 | 16, x: (bin: number) => number): Markup {
  const curve = errorCurve(histogram, bits).filter(({ error }) => error > 0);
  const logs = curve.map(({ error }) => log2(error));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const y = (error: number): number => rounded(high === low ? 50 : 95 - (90 * (log2(error) - low)) / (high - low));
  const path = line<{ readonly bin: number; readonly error: number }>()
    .x(({ bin }) => x(bin))
    .y(({ error }) => y(error));
  return html`<path class="curve" vector-effect="non-scaling-stroke" d="${path(curve)}"/>`;
}

function lastUsed(histogram: readonly number[]): number {
  for (let bin = histogram.length - 1; bin >= 0; bin--) if (histogram[bin] !== 0) return bin;
  return 0;
}
