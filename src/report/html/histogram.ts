import { max, range as numbers, sum } from 'd3-array';
import { area, line } from 'd3-shape';
import { log2 } from '../../math.js';
import { BINS_TO_THRESHOLD } from '../../verification/activation-ranges.js';
import { type ThresholdPoint, thresholdCurves } from '../threshold-curves.js';
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

/** The magnitude at the right end of a plot. */
export const histogramReach = ({ histogram, threshold }: Pick<Magnitudes, 'histogram' | 'threshold'>): number =>
  (threshold * usedBins(histogram)) / BINS_TO_THRESHOLD;

/** The bins that are drawn: all that hold values, and at least those below the threshold. */
const usedBins = (histogram: readonly number[]): number => Math.max(lastUsed(histogram) + 1, BINS_TO_THRESHOLD + 2);

/** Counts of magnitudes on a log scale, with the threshold, the maximum and what other thresholds would cost. */
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
  const curves = thresholdCurves(used, bits);
  const toValue = (bin: number): number => (bin * threshold) / BINS_TO_THRESHOLD;
  const squared = curveOf(curves.points, ({ squared: cost }) => cost, { x, kind: 'curve' });
  const divergence = curveOf(curves.points, (point) => point.divergence, { x, kind: 'curve other' });
  const body = html`<path class="alone" d="${silhouette(steps)}"/>${squared}${divergence}`;
  const chosen = (bin: number | null, kind: string): Markup | null =>
    bin === null ? null : verticalLine(at(scale, toValue(bin)), HEIGHT, `chosen ${kind}`);
  const lines = [
    chosen(curves.leastSquared, ''),
    chosen(curves.leastDivergence, 'other'),
    verticalLine(at(scale, threshold), HEIGHT, 'limit bad'),
    verticalLine(at(scale, largest), HEIGHT, 'limit'),
  ];
  const least = [
    `least squared error at ${digits(toValue(curves.leastSquared))}`,
    ...(curves.leastDivergence === null ? [] : [`least divergence at ${digits(toValue(curves.leastDivergence))}`]),
  ];
  return html`<div><p class="faint">Magnitudes in float, counts on a log scale: threshold ${digits(threshold)}, maximum ${digits(largest)}; ${least.join(', ')}.</p>
${plot(HEIGHT, html`${stretched(body, HEIGHT)}${lines}`)}${axis(scale, digits)}</div>`;
}

/** The costs of thresholds on a log scale of their own; null where there are none. */
function curveOf(
  points: readonly ThresholdPoint[],
  cost: (point: ThresholdPoint) => number | null,
  { x, kind }: { readonly x: (bin: number) => number; readonly kind: string },
): Markup | null {
  const logs = points.flatMap((point) => {
    const value = cost(point);
    return value === null || value <= 0 ? [] : [{ bin: point.bin, log: log2(value) }];
  });
  if (logs.length === 0) return null;
  const [low, high] = [Math.min(...logs.map(({ log }) => log)), Math.max(...logs.map(({ log }) => log))];
  const path = line<{ readonly bin: number; readonly log: number }>()
    .x(({ bin }) => x(bin))
    .y(({ log }) => rounded(high === low ? 50 : 95 - (90 * (log - low)) / (high - low)));
  return html`<path class="${kind}" vector-effect="non-scaling-stroke" d="${path(logs)}"/>`;
}

function lastUsed(histogram: readonly number[]): number {
  for (let bin = histogram.length - 1; bin >= 0; bin--) if (histogram[bin] !== 0) return bin;
  return 0;
}
