import { log2 } from '../../../math.js';

/** Where a search ended: `divergence` is the smallest, `bin` the first i that has it, `threshold` = (i + 0.5) * max / bins. */
export interface Found {
  readonly threshold: number;
  /** Undefined where the threshold is the maximum without a search. */
  readonly bin?: number;
  readonly divergence?: number;
}

/** Number of levels a candidate is resampled to: n = 2^(bw - 1). */
export function levels(bw: number): number {
  return 1 << (bw - 1);
}

/** Cumulative distribution of a histogram of `total` elements: running sum of count / total, the last element 1. */
export function cumulative(counts: ArrayLike<number>, total: number): Float64Array {
  const c = new Float64Array(counts.length);
  let sum = 0;
  for (let j = 0; j < c.length; j++) c[j] = sum += counts[j]! / total;
  c[c.length - 1] = 1;
  return c;
}

/** `points`, taken as equally spaced, read at `count` equally spaced places over the same stretch, linearly between neighbours. */
export function resample(points: Float64Array, count: number): Float64Array {
  const result = new Float64Array(count);
  const last = points.length - 1;
  for (let k = 0; k < count; k++) {
    const place = k * last;
    const left = Math.min(Math.floor(place / (count - 1)), last - 1);
    const share = (place - left * (count - 1)) / (count - 1);
    result[k] = points[left]! + (points[left + 1]! - points[left]!) * share;
  }
  return result;
}

/**
 * d(i) of QUANTIZER.md, section 3: the divergence of the cumulative distribution `c` from itself cut at bin i and
 * resampled to n levels and back; i of n + 1 .. c.length. Terms are added in ascending j; this is the definition that decides ties.
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

/**
 * The threshold by evaluating every candidate: the definition `searchThreshold` must equal, in seconds instead of
 * a millisecond. Arguments as there.
 */
export function directSearch(counts: ArrayLike<number>, total: number, max: number, bw: number): Found {
  const bins = counts.length;
  const n = levels(bw);
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
