import { type BitWidth, CODES } from '../fixed/grid.js';

/** The smallest interval that holds every sum a layer can accumulate. */
export interface AccumulatorBounds {
  readonly low: number;
  readonly high: number;
  /** Signed bits that hold the interval. */
  readonly bits: number;
}

/**
 * Interval arithmetic over weights' codes laid out [output channel][k]: the sums every channel can reach with input
 * codes of the full range of `bitsIn` bits. Exact, and reached by some input, where each output reads k inputs
 * (a transposed convolution reads fewer). Codes and sums are exact below 2^53.
 */
export function accumulatorBounds(codes: ArrayLike<number>, channels: number, bitsIn: BitWidth): AccumulatorBounds {
  const { smallest, largest } = CODES[bitsIn];
  const k = codes.length / channels;
  let [low, high] = [0, 0];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    let magnitudes = 0;
    for (let i = c * k; i < (c + 1) * k; i++) {
      sum += codes[i]!;
      magnitudes += Math.abs(codes[i]!);
    }
    const [positive, negative] = [(magnitudes + sum) / 2, (sum - magnitudes) / 2];
    low = Math.min(low, positive * smallest + negative * largest);
    high = Math.max(high, positive * largest + negative * smallest);
  }
  return { low, high, bits: signedBits(low, high) };
}

function signedBits(low: number, high: number): number {
  let bits = 1;
  for (let limit = 1; low < -limit || high > limit - 1; limit *= 2) bits++;
  return bits;
}
