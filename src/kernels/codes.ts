/** Integer codes of weights, OIHW or [outputs][inputs]. */
export type Codes = Int8Array | Int16Array;

/** Bounds of weight codes and of the sums of their products. */
export interface CodeBounds {
  /** Whether every code is surely smaller in magnitude than `limit`. */
  codesBelow(limit: number): boolean;
  /** Whether every sum of products with inputs of `inputBits` is surely smaller in magnitude than `limit`. */
  sumsBelow(limit: number, inputBits: number): boolean;
}

/**
 * Bounds of weight codes of at most `bits` bits in `channels` rows of equal length: from the width alone or, where that does
 * not suffice, from the codes.
 */
export function boundCodes(weights: Codes, channels: number, bits = 16): CodeBounds {
  const most = 2 ** (bits - 1);
  let measured: { largest: number; sum: number } | undefined;
  const measure = (): { largest: number; sum: number } => (measured ??= measureCodes(weights, channels));
  return {
    codesBelow: (limit) => most < limit || measure().largest < limit,
    sumsBelow(limit, inputBits) {
      const input = 2 ** (inputBits - 1);
      return (weights.length / channels) * most * input < limit || measure().sum * input < limit;
    },
  };
}

/** Largest magnitude of a code, and largest sum of magnitudes of a channel. */
function measureCodes(weights: Codes, channels: number): { largest: number; sum: number } {
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
