import type { RankedOutput } from './ranked-outputs.js';
import type { Verification } from './verification.js';

/** Fewer images may well be of one class. */
const FEWEST = 8;

/**
 * The class that the float network gives every image, as one does that is fed wrongly. Undefined where it gives several, for few
 * images, for labels that are all of one class, and for networks without class scores.
 */
export function oneClass(
  { agreement }: Pick<Verification, 'agreement'>,
  reports: readonly { readonly outputs: readonly RankedOutput[] }[],
  labels: readonly number[] | undefined,
): number | undefined {
  if (agreement === null || reports.length < FEWEST || (labels !== undefined && new Set(labels).size === 1))
    return undefined;
  const best = reports.map(({ outputs }) => (outputs.length === 1 ? outputs[0]?.float[0] : undefined));
  const [first] = best;
  return best.every((one) => one === first) ? first : undefined;
}
