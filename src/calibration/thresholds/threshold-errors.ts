/** Candidates for a threshold, ascending, in widths of a histogram's bin: the whole numbers `from` ... `to`, then `beyond`. */
export interface Candidates {
  /** At least 1. */
  readonly from: number;
  /** At least `from`. */
  readonly to: number;
  /** Ascending, above `to`. */
  readonly beyond: readonly number[];
}

/**
 * The squared error of codes for many candidates of their threshold at once. Elements are added by magnitude |t|; each needs
 * a threshold of at least its `cover`, which is |t| or more. A threshold T that reaches the cover rounds the element, with
 * an error that is uniform over a grid step: `(T / largest code)^2 / 12`. A smaller T clips it: `min(cover - T, |t|)^2`.
 *
 * The sum of `(cover - T)^2` over elements follows from the sums of 1, cover and cover^2. So an element is added in constant
 * time (unless its cover is beyond `to`), and one pass over the candidates finds the best. All numbers are in widths of a bin.
 * Sums are taken in the order of the calls, in double: for elements in the middle of bins and whole weights they are exact
 * while they stay below 2^51.
 *
 * A bias that is rounded to a code of its own adds half of its rounding error, which is known, to every element behind it.
 */
export class ThresholdErrors {
  private readonly candidates: Float64Array;
  /** At index k: the weight of the elements that exactly the first k candidates clip. */
  private readonly clipped: Float64Array;
  /** At index k: weight, weight * cover and weight * cover^2 of elements whose error is (cover - T)^2 at the first k candidates, to be taken from at smaller ones. */
  private readonly squares: readonly [Float64Array, Float64Array, Float64Array];
  /** At index k: weight * t^2 of the elements that the first k candidates reduce to 0. */
  private readonly lost: Float64Array;
  private total = 0;
  /** Biases, and the weights of the elements that they are added to, in the same order. */
  private readonly biases: number[] = [];
  private readonly biasWeights: number[] = [];

  constructor(private readonly range: Candidates) {
    const { from, to, beyond } = range;
    this.candidates = Float64Array.from([...Array.from({ length: to - from + 1 }, (_, k) => from + k), ...beyond]);
    const sums = (): Float64Array => new Float64Array(this.candidates.length + 1);
    this.clipped = sums();
    this.squares = [sums(), sums(), sums()];
    this.lost = sums();
  }

  /** Adds elements of one magnitude, above 0. `weight`: their number, or their number times the importance of an error in them. */
  add(weight: number, magnitude: number, cover: number = magnitude): void {
    this.total += weight;
    const clipping = this.below(cover);
    if (clipping === 0) return;
    this.clipped[clipping]! += weight;
    this.addSquares(clipping, weight, cover);
    const losing = cover > magnitude ? this.below(cover - magnitude) : 0;
    if (losing === 0) return;
    this.addSquares(losing, -weight, cover);
    this.lost[losing]! += weight * magnitude * magnitude;
  }

  /** Adds the bias of elements that were added, other than 0; `weight`: theirs. */
  addBias(weight: number, bias: number): void {
    this.biases.push(Math.abs(bias));
    this.biasWeights.push(weight);
  }

  /** The first candidate with the least error. */
  best(largestCode: number): number {
    let [best, least] = [Number.NaN, Infinity];
    this.visit(largestCode, (threshold, error) => {
      if (error <= least) [best, least] = [threshold, error];
    });
    return best;
  }

  /** The mean squared error of every candidate, in the square of a bin's width, and which candidate is {@link best}. */
  curve(largestCode: number): { candidates: number[]; errors: number[]; best: number } {
    const errors: number[] = [];
    this.visit(largestCode, (_, error) => errors.push(error / (12 * largestCode * largestCode * this.total)));
    const candidates = [...this.candidates];
    return { candidates, errors: errors.reverse(), best: candidates.indexOf(this.best(largestCode)) };
  }

  /** Calls with each candidate, from the last to the first, and its squared error in units of 1 / (12 m^2), so that whole numbers stay whole. */
  private visit(largestCode: number, each: (threshold: number, error: number) => void): void {
    const [weights, covers, coversSquared] = this.squares;
    const biases = { biases: Float64Array.from(this.biases), weights: Float64Array.from(this.biasWeights) };
    let [rounded, weight, cover, coverSquared, lost] = [this.total, 0, 0, 0, 0];
    for (let k = this.candidates.length - 1; k >= 0; k--) {
      rounded -= this.clipped[k + 1]!;
      weight += weights[k + 1]!;
      cover += covers[k + 1]!;
      coverSquared += coversSquared[k + 1]!;
      lost += this.lost[k + 1]!;
      const threshold = this.candidates[k]!;
      const clipping = coverSquared - 2 * threshold * cover + threshold * threshold * weight + lost;
      const exact = clipping + biasRounding(biases, threshold, largestCode);
      each(threshold, 12 * largestCode * largestCode * exact + rounded * threshold * threshold);
    }
  }

  private addSquares(k: number, weight: number, cover: number): void {
    const [weights, covers, coversSquared] = this.squares;
    weights[k]! += weight;
    covers[k]! += weight * cover;
    coversSquared[k]! += weight * cover * cover;
  }

  /** Number of candidates below `limit`. */
  private below(limit: number): number {
    const { from, to } = this.range;
    if (limit <= to + 1) return Math.max(0, Math.min(to + 1, Math.ceil(limit)) - from);
    let [low, high] = [to - from + 1, this.candidates.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.candidates[middle]! < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Half of the rounding error of biases; what a threshold clips of a bias is an error of clipping. */
function biasRounding(
  { biases, weights }: { readonly biases: Float64Array; readonly weights: Float64Array },
  threshold: number,
  largestCode: number,
): number {
  const step = threshold / largestCode;
  let sum = 0;
  for (let i = 0; i < biases.length; i++) {
    const codes = Math.min(biases[i]! / step, largestCode);
    // To the nearest whole number, half up, as Math.round, by conversions to int32: nothing here is rounded or negative.
    const part = codes - (codes | 0);
    const error = (part - ((2 * part) | 0)) * step;
    sum += weights[i]! * error * error;
  }
  return sum / 2;
}
