import { DivergenceBounds } from './bounds.js';
import { cumulative, divergence, levels, type SearchResult } from './definition.js';

/**
 * Number of bins of the histogram for `count` magnitudes from `min` to `max` > 0, ceil(max / (float32(max - min) / sqrt(count))), at
 * most 2 sqrt(count) + 1. Null where the threshold is `max` without a histogram: the first bin is empty, or there are too few
 * bins for `bits` bits. Source: `docs/spec/quantizer.md`, section 3.
 */
export function binCount(max: number, min: number, count: number, bits: number): number | null {
  if (max === min) return null;
  const bins = Math.ceil(max / (Math.fround(max - min) / Math.sqrt(count)));
  return min >= max / bins || levels(bits) + 1 > bins ? null : bins;
}

/**
 * The threshold of a blob from the histogram of its magnitudes: (i + 0.5) * max / bins for the first candidate i = n + 1 .. bins that
 * minimises the divergence. It can exceed `max` by half a bin. It is `max` where there is no candidate or the first bin is
 * empty. `counts`: integers per bin of width max / counts.length, which add up to `total`. In double. Equal to
 * {@link directSearch} in every field, also for ties: the definition itself compares all candidates within rounding of the
 * least. Source: `docs/spec/quantizer.md`, section 3, steps 2 to 5.
 */
export function searchThreshold(counts: ArrayLike<number>, total: number, max: number, bits: number): SearchResult {
  const bins = counts.length;
  const n = levels(bits);
  if (n + 1 > bins || counts[0] === 0) return { threshold: max };
  const c = cumulative(counts, total);
  const found = leastOf(contenders(new DivergenceBounds(c, counts, total, n)), (i) => divergence(c, i, n));
  return { threshold: (found.bin + 0.5) * (max / bins), ...found };
}

/** The first of ascending candidates with the least divergence. */
function leastOf(candidates: readonly number[], evaluate: (i: number) => number): { bin: number; divergence: number } {
  let bin = 0;
  let least = Infinity;
  for (const i of candidates) {
    const d = evaluate(i);
    if (d < least) [bin, least] = [i, d];
  }
  return { bin, divergence: least };
}

/** The candidates whose divergence, within rounding, may be the least, ascending. */
function contenders(bounds: DivergenceBounds): number[] {
  const first = bounds.n + 1;
  const last = bounds.c.length;
  const values = new Map<number, number>();
  let least = Infinity;
  let limit = Infinity;
  const visit = (i: number): void => {
    const value = bounds.value(i, limit);
    if (value > limit) return;
    values.set(i, value);
    least = Math.min(least, value);
    limit = least + 3 * bounds.allowance(least);
  };
  const start = promising(bounds, first, last);
  for (let i = start; i <= last; i++) visit(i);
  for (let i = start - 1; i >= first && bounds.tails[i]! <= limit; i--) visit(i);
  return [...values.keys()].filter((i) => values.get(i)! <= limit).sort((a, b) => a - b);
}

/** A candidate with a small lower bound. A start near the least excludes other candidates early. */
function promising(bounds: DivergenceBounds, first: number, last: number): number {
  const coarse = Math.max(1, (last - first) >> 6);
  const near = lowest(bounds, first, last, coarse);
  return lowest(bounds, Math.max(first, near - coarse), Math.min(last, near + coarse), Math.max(1, coarse >> 4));
}

/** The candidate of the lowest bound, of every `step`-th one from `last` down to `first`. */
function lowest(bounds: DivergenceBounds, first: number, last: number, step: number): number {
  let best = last;
  let least = Infinity;
  for (let i = last; i >= first; i -= step) {
    const bound = bounds.bound(i, least);
    if (bound < least) [best, least] = [i, bound];
  }
  return best;
}
