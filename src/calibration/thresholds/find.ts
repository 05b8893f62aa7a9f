import { type BitWidth, ZERO } from '../../fixed/grid.js';
import type { CalibrationExecutor } from '../executor/executor.js';
import type { Statistics } from '../executor/statistics.js';
import type { StoredForm } from '../step.js';
import type { TakeCurve } from './curve.js';
import type { ThresholdMethod } from './method.js';

/** Activations whose threshold is wanted: the stored forms they are in, taken together, and their statistics. */
export interface Blob {
  readonly forms: readonly StoredForm[];
  readonly statistics: Statistics;
  /** Bits of the codes that the threshold is for. */
  readonly bits: BitWidth;
}

/**
 * The thresholds of blobs by a method, from their statistics and, where the method needs more, from histograms, which
 * are counted together. A blob whose largest magnitude counts as zero has threshold 0. `takeCurve` is given what
 * the method compared for each blob.
 */
export async function findThresholds(
  blobs: readonly Blob[],
  method: ThresholdMethod,
  executor: Pick<CalibrationExecutor, 'histograms'>,
  takeCurve?: TakeCurve,
): Promise<number[]> {
  const countZeros = method.countsZeros === true;
  const requests = blobs.map(({ forms, statistics, bits }) => {
    const bins = statistics.max <= ZERO ? null : method.bins(statistics, bits);
    return bins === null ? null : { forms, max: statistics.max, bins, countZeros };
  });
  const asked = requests.filter((request) => request !== null);
  const histograms = asked.length === 0 ? [] : await executor.histograms(asked);
  return blobs.map(({ statistics, bits }, i) => {
    if (statistics.max <= ZERO) return 0;
    const histogram = requests[i] === null ? undefined : histograms.shift();
    if (histogram === undefined) return statistics.max;
    takeCurve?.(i, () => method.curve?.(histogram, statistics, bits) ?? null);
    return method.threshold(histogram, statistics, bits);
  });
}
