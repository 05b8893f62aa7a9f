import { log2 } from '../../../math.js';

const LN2 = 0.6931471805599453;
/** 2 / ln 2, and the same less what rounding may have added to a lower bound. */
const SCALE = 2 / LN2;
const SAFE_SCALE = SCALE * (1 - 1e-9);
/** Beyond this square of (c - q) / (c + q) the series of the logarithm is left for the logarithm itself. */
const SERIES = 0.01;

/**
 * Bounds and values of {@link divergence} in a fraction of its terms: lower bounds that end as soon as they pass a limit, and values
 * within `allowance` of the definition's.
 *
 * Between two of the n levels q is a straight line. With s = (c - q) / (c + q) a term is
 * (c - q) * 2 atanh(s) / ln 2 >= 2 (c - q)^2 / ((c + q) ln 2) >= 0. By the Cauchy-Schwarz inequality, for any weights w, the terms
 * between two levels add up to at least 2 (sum of w (c - q))^2 / (sum of w^2 (c + q) ln 2). Weights that rise and fall linearly have
 * nearly the shape of an arc over its chord, so that a bound is some 9/10 of the divergence. Their sums are second differences
 * of the twice summed histogram, whose cost does not depend on the number of bins.
 */
export class DivergenceBounds {
  /** The sum of the terms from bin j on, where q is 1: the same for every candidate i <= j. Falls with j. */
  readonly tails: Float64Array;
  /** Sum over y < j of the sum over x < y of the counts up to x: exact below 2^53. */
  readonly #twice: Float64Array;
  /** By number of bins between two levels: 1 / (sum of the squared weights). */
  readonly #tents: Float64Array;
  readonly #slack: number;
  readonly #slackPerWeight: number;
  readonly #levels: Float64Array;
  readonly #ends: Int32Array;
  readonly #bounds: Float64Array;

  /** `c`: the cumulative distribution of `counts`, `total` elements in all; c[0] > 0. `n`: levels, fewer than bins. */
  constructor(
    readonly c: Float64Array,
    counts: ArrayLike<number>,
    readonly total: number,
    readonly n: number,
  ) {
    const bins = c.length;
    this.tails = suffixSums(c);
    this.#twice = sumTwice(counts);
    this.#tents = tentWeights(Math.ceil(bins / (n - 1)) + 1);
    this.#slack = total * bins * bins < 2 ** 53 ? 0 : bins * bins * bins * 2 ** -51;
    this.#slackPerWeight = bins * 2 ** -51;
    this.#levels = new Float64Array(n);
    this.#ends = new Int32Array(n);
    this.#bounds = new Float64Array(n);
  }

  /**
   * The largest distance of a value of about `d` from the definition's, for B bins:
   * - the series of the logarithm: at most 1e-11 d;
   * - sums of B terms: B roundings, at most B * 2^-53 * d;
   * - q and c / q: at most 70 roundings of |c - q|, whose sum over the bins is at most sqrt(d * B).
   */
  allowance(d: number): number {
    const bins = this.c.length;
    return d * (1e-10 + bins * 1e-15) + Math.sqrt(d * bins) * 1e-14 + bins * 1e-28;
  }

  /** The divergence of candidate i, within `allowance`; where it is above `limit`, a lower bound above `limit`. */
  value(i: number, limit: number): number {
    const bound = this.bound(i, limit);
    return bound > limit ? bound : this.#refine(i, limit, bound);
  }

  /** A lower bound of the divergence of candidate i. The sum ends where it passes `limit`. */
  bound(i: number, limit: number): number {
    const { c, n } = this;
    const twice = this.#twice;
    const tents = this.#tents;
    const bounds = this.#bounds;
    const levels = this.#levels;
    const ends = this.#ends;
    const slack = this.#slack;
    const slackPerWeight = this.#slackPerWeight;
    const perElement = 1 / this.total;
    const perLevel = 1 / (n - 1);
    const last = i - 1;
    const ratio = (n - 1) / last;
    let bound = this.tails[i]!;
    let start = 0;
    let level = c[0]!;
    levels[0] = level;
    for (let k = 0; k < n - 1 && bound <= limit; k++) {
      const position = (k + 1) * last;
      const left = ((position + 0.5) * perLevel) | 0;
      const rest = position - left * (n - 1);
      const end = k === n - 2 ? i : rest === 0 ? left : left + 1;
      const low = left >= last ? 1 : c[left]!;
      const next = rest === 0 ? low : low + ((left + 1 >= last ? 1 : c[left + 1]!) - low) * (rest * perLevel);
      const middle = level + (next - level) * ((start + end - 1) * 0.5 * ratio - k);
      const rise = (end - start + 1) >> 1;
      const run = end - start + 1 - rise;
      const seen = (twice[end + 1]! - twice[start + rise]! - twice[start + run]! + twice[start]!) * perElement;
      const weight = rise * run;
      const gap = Math.abs(seen - middle * weight) - slack - slackPerWeight * weight;
      const size = (c[end - 1]! + c[(start + end) >> 1]!) * 0.5 + middle;
      const part = gap > 0 ? ((SAFE_SCALE * gap * gap) / size) * tents[end - start]! : 0;
      bound += part;
      bounds[k] = part;
      levels[k + 1] = next;
      ends[k] = end;
      start = end;
      level = next;
    }
    return bound;
  }

  /** Replaces the bounds that `bound` has found by values, level by level. */
  #refine(i: number, limit: number, bound: number): number {
    const { c, n } = this;
    const last = i - 1;
    let start = 0;
    for (let k = 0; k < n - 1 && bound <= limit; k++) {
      const end = this.#ends[k]!;
      const level = this.#levels[k]!;
      const slope = (this.#levels[k + 1]! - level) / last;
      let sum = 0;
      for (let j = start; j < end; j++) sum += term(c[j]!, level + slope * (j * (n - 1) - k * last));
      bound += sum * SCALE - this.#bounds[k]!;
      start = end;
    }
    return bound;
  }
}

/** (c - q) * log2(c / q), divided by SCALE. */
function term(c: number, q: number): number {
  const difference = c - q;
  const s = difference / (c + q);
  const square = s * s;
  if (square > SERIES) return (difference * log2(c / q)) / SCALE;
  return difference * s * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square / 9))));
}

/** By bin j, the sum of the terms from j on with q = 1. */
function suffixSums(c: Float64Array): Float64Array {
  const tails = new Float64Array(c.length + 1);
  for (let j = c.length - 1; j >= 0; j--) tails[j] = tails[j + 1]! + term(c[j]!, 1) * SCALE;
  return tails;
}

/** By y, the sum over bins below y of the sum over bins below that of the cumulative counts. */
function sumTwice(counts: ArrayLike<number>): Float64Array {
  const twice = new Float64Array(counts.length + 2);
  let cumulative = 0;
  let sum = 0;
  for (let j = 0; j <= counts.length; j++) {
    twice[j + 1] = twice[j]! + sum;
    cumulative += j < counts.length ? counts[j]! : 0;
    sum += cumulative;
  }
  return twice;
}

/** By length L, 1 / (sum of w^2): w is 1, 2 ... rise, then rise for L + 1 - 2 rise more bins (0 or 1), then rise - 1 ... 1. */
function tentWeights(longest: number): Float64Array {
  const tents = new Float64Array(longest + 1);
  for (let length = 1; length <= longest; length++) {
    const rise = (length + 1) >> 1;
    const flat = length + 2 - 2 * rise;
    tents[length] = 1 / ((rise * (rise - 1) * (2 * rise - 1)) / 3 + flat * rise * rise);
  }
  return tents;
}
