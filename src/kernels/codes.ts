/** Integer codes of weights, OIHW or [outputs][inputs]. */
export type Codes = Int8Array | Int16Array;

/** Largest magnitude a sum of products can have: over channels, the sum of |weight| times the largest |input| of the width. */
export function boundSums(weights: Codes, channels: number, inputBits: number): number {
  const depth = weights.length / channels;
  let bound = 0;
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let k = channel * depth; k < (channel + 1) * depth; k++) sum += Math.abs(weights[k]!);
    bound = Math.max(bound, sum);
  }
  return bound * 2 ** (inputBits - 1);
}

/** Largest magnitude of a code. */
export function largestCode(weights: Codes): number {
  let largest = 0;
  for (let k = 0; k < weights.length; k++) largest = Math.max(largest, Math.abs(weights[k]!));
  return largest;
}
