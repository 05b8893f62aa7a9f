import { type BitWidth, CODES } from '../../fixed/grid.js';

/** The smallest threshold of at least `threshold` whose grid step is a power of two: `2^ceil(log2(threshold / m)) * m`, m the largest code. */
export function powerOfTwoThreshold(threshold: number, bits: BitWidth): number {
  if (threshold === 0) return 0;
  const { largest } = CODES[bits];
  let step = 1;
  while (step < threshold / largest) step *= 2;
  while (step / 2 >= threshold / largest) step /= 2;
  return step * largest;
}
