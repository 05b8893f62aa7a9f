import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { type BitWidth, ZERO } from '../fixed/grid.js';
import type { CalibrationExecutor } from './executor/executor.js';
import type { Statistics } from './executor/statistics.js';
import type { StoredForm } from './step.js';
import type { ThresholdCurve, ThresholdDetails } from './thresholds/curve.js';

/** A threshold that was found, with what it was found from. */
export interface FoundThreshold {
  readonly forms: readonly StoredForm[];
  readonly statistics: Statistics;
  readonly bits: BitWidth;
  /** Index of the layer that it was measured for. */
  readonly node: number;
  readonly threshold: number;
  readonly curve: ThresholdCurve | null;
}

/** Bins up to the largest magnitude. */
const BINS = 512;

/** How thresholds were found. Counts one histogram for each, all of them together. */
export async function thresholdDetails(
  found: readonly FoundThreshold[],
  executor: Pick<CalibrationExecutor, 'histograms'>,
  network: AnalysedGraph,
): Promise<ThresholdDetails[]> {
  const counted = found.filter(({ statistics }) => statistics.max > ZERO);
  const requests = counted.map(({ forms, statistics }) => ({
    forms,
    max: statistics.max,
    bins: BINS,
    countZeros: true,
  }));
  const histograms = requests.length === 0 ? [] : await executor.histograms(requests);
  return found.map((one) => {
    const histogram = histograms[counted.indexOf(one)];
    const width = one.statistics.max / BINS;
    const { name, type } = network.node(one.node);
    return {
      blobs: [...new Set(one.forms.map(({ value }) => network.value(value).blob))],
      layer: name,
      type,
      bits: one.bits,
      threshold: one.threshold,
      largest: one.statistics.max,
      histogram: histogram === undefined ? null : { counts: [...histogram.counts], width, zeros: histogram.zeros },
      curve: one.curve,
    };
  });
}
