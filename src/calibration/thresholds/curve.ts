import type { BitWidth } from '../../fixed/grid.js';

/** What a threshold method compares: a measure of each candidate, of which it takes the one with the least, or the first below a limit. */
export interface ThresholdCurve {
  /**
   * `mean squared error`: of an element that counts, in the square of its unit. `divergence`: of the cumulative distribution,
   * in bits. `clipped share`: of the elements, 0 to 1.
   */
  readonly measure: 'mean squared error' | 'divergence' | 'clipped share';
  /** Candidates, ascending, in the unit of the activations; of very many a selection. */
  readonly thresholds: readonly number[];
  /** The measure of each candidate. */
  readonly values: readonly number[];
  /** Index of the candidate that was chosen. */
  readonly chosen: number;
}

/** Takes what was compared for the blob of an index; called back only where somebody wants it. */
export type TakeCurve = (index: number, curve: () => ThresholdCurve | null) => void;

/** Counts of magnitudes |x| in bins of equal width: bin j holds `j * width <= |x| < (j + 1) * width`, the last one the largest too. */
export interface MagnitudeHistogram {
  readonly counts: readonly number[];
  readonly width: number;
  /** Elements that are exactly zero; they are in the first bin too. */
  readonly zeros: number;
}

/** How one threshold of activations was found: plain data. */
export interface ThresholdDetails {
  /** The blobs that were measured together, each once. */
  readonly blobs: readonly string[];
  /** The layer that it was measured for, and its type. */
  readonly layer: string;
  readonly type: string;
  /** Width of the codes that it is for. */
  readonly bits: BitWidth;
  readonly threshold: number;
  /** The largest magnitude. */
  readonly largest: number;
  /** Null where every element counts as zero. */
  readonly histogram: MagnitudeHistogram | null;
  /** Null where the method compares nothing: the largest magnitude, and what is not clipped at 16 bits. */
  readonly curve: ThresholdCurve | null;
}

/** The most candidates of a curve, beside the chosen and the last one. */
const MOST = 256;

/** A curve over the whole numbers from `first` to `last`, or over a selection of them that holds `chosen`. */
export function curveOf(
  measure: ThresholdCurve['measure'],
  [first, last, chosen]: readonly [first: number, last: number, chosen: number],
  thresholdOf: (candidate: number) => number,
  measureOf: (candidate: number) => number,
): ThresholdCurve {
  const step = Math.max(1, Math.ceil((last - first + 1) / MOST));
  const all = Array.from({ length: Math.ceil((last - first + 1) / step) }, (_, k) => first + k * step);
  const candidates = [...new Set([...all, last, chosen])].sort((a, b) => a - b);
  return {
    measure,
    thresholds: candidates.map(thresholdOf),
    values: candidates.map(measureOf),
    chosen: candidates.indexOf(chosen),
  };
}
