/** Integer codes of weights, OIHW or [outputs][inputs]. */
export type Codes = Int8Array | Int16Array;

/** What weights can make of their inputs. */
export interface CodeBounds {
  /** Largest magnitude of a code. */
  readonly largest: number;
  /** Largest sum of magnitudes of a channel. */
  readonly sum: number;
}

/** Bounds of weights in `channels` rows of equal length. */
export function boundCodes(weights: Codes, channels: number): CodeBounds {
  const depth = weights.length / channels;
  let [largest, most] = [0, 0];
  for (let channel = 0, k = 0; channel < channels; channel++) {
    let sum = 0;
    for (const end = k + depth; k < end; k++) {
      const magnitude = Math.abs(weights[k]!);
      sum += magnitude;
      if (magnitude > largest) largest = magnitude;
    }
    if (sum > most) most = sum;
  }
  return { largest, sum: most };
}

/** Largest magnitude a sum of products can have: over channels, the sum of |weight| times the largest |input| of the width. */
export function boundSums({ sum }: CodeBounds, inputBits: number): number {
  return sum * 2 ** (inputBits - 1);
}
