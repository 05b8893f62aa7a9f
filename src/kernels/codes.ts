import { fail } from '../error.js';

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

/**
 * Sums from here on are refused: float64 holds whole numbers below 2^53, of which a bias (below 2^47) and the half that a
 * shift adds need a share.
 */
const EXACT_SUMS = 2 ** 51;

/** Throws `unsupported`, without a place, where a sum of products with inputs of `inputBits` may not be exact in float64. */
export function expectExactSums(bounds: CodeBounds, inputBits: number): void {
  if (bounds.sumsBelow(EXACT_SUMS, inputBits)) return;
  fail(
    'unsupported',
    '',
    `expected sums of products of codes below 2^51, got more inputs and larger weights than ${inputBits} bits allow.`,
    'Use 8 bits for its input.',
  );
}
