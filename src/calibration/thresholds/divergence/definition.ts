import { log2 } from '../../../math.js';

/** The result of a search. */
export interface SearchResult {
  /** (bin + 0.5) * max / bins, or the largest magnitude where there is no candidate. */
  readonly threshold: number;
  /** The first candidate of the smallest divergence. Undefined where there is no candidate. */
  readonly bin?: number;
  /** The smallest divergence. Undefined where there is no candidate. */
  readonly divergence?: number;
}

/** Number of levels that a candidate is resampled to: n = 2^(bits - 1). */
export function levels(bits: number): number {
  return 1 << (bits - 1);
}

/** Cumulative distribution of a histogram of `total` elements: running sum of count / total, the last element 1. */
export function cumulative(counts: ArrayLike<number>, total: number): Float64Array {
  const c = new Float64Array(counts.length);
  let sum = 0;
  for (let j = 0; j < c.length; j++) c[j] = sum += counts[j]! / total;
  c[c.length - 1] = 1;
  return c;
}

/** Equally spaced `points` resampled at `count` equally spaced positions over the same range, linearly between neighbours. */
export function resample(points: Float64Array, count: number): Float64Array {
  const result = new Float64Array(count);
  const last = points.length - 1;
  for (let k = 0; k < count; k++) {
    const position = k * last;
    const left = Math.min(Math.floor(position / (count - 1)), last - 1);
    const share = (position - left * (count - 1)) / (count - 1);
    result[k] = points[left]! + (points[left + 1]! - points[left]!) * share;
  }
  return result;
}

/**
 * d(i) of `docs/spec/quantizer.md`, section 3: the divergence of the cumulative distribution `c` from itself cut at bin i and
 * resampled to n levels and back; n + 1 <= i <= c.length. Terms are added in ascending j. This definition decides ties.
 */
export function divergence(c: Float64Array, i: number, n: number): number {
  const p = c.slice(0, i);
  p[i - 1] = 1;
  const q = resample(resample(p, n), i);
  let sum = 0;
  for (let j = 0; j < c.length; j++) {
    const expected = j < i ? q[j]! : 1;
    if (c[j] !== expected) sum += (c[j]! - expected) * log2(c[j]! / expected);
  }
  return sum;
}

/** The threshold by evaluating every candidate: the definition that `searchThreshold` equals. Arguments as there. */
export function directSearch(counts: ArrayLike<number>, total: number, max: number, bits: number): SearchResult {
  const bins = counts.length;
  const n = levels(bits);
  if (n + 1 > bins || counts[0] === 0) return { threshold: max };
  const c = cumulative(counts, total);
  let bin = n + 1;
  let least = divergence(c, bin, n);
  for (let i = n + 2; i <= bins; i++) {
    const d = divergence(c, i, n);
    if (d < least) [bin, least] = [i, d];
  }
  return { threshold: (bin + 0.5) * (max / bins), bin, divergence: least };
}
