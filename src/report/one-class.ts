import type { RankedOutput } from '../verification/ranked-outputs.js';
import type { Verification } from '../verification/verification.js';

/** Fewer images may well be of one class. */
const FEWEST = 8;

/**
 * A warning where the float network gives every image the same class, as one does that is fed wrongly. None for few images,
 * for labels that are all of one class, and for networks without class scores.
 */
export function oneClassWarning(
  { agreement }: Pick<Verification, 'agreement'>,
  reports: readonly { readonly outputs: readonly RankedOutput[] }[],
  labels: readonly number[] | undefined,
): string[] {
  if (agreement === null || reports.length < FEWEST || (labels !== undefined && new Set(labels).size === 1)) return [];
  const best = reports.map(({ outputs }) => (outputs.length === 1 ? outputs[0]?.float[0] : undefined));
  const [first] = best;
  if (first === undefined || best.some((one) => one !== first)) return [];
  return [
    `warning: the network in float gives class ${first} for all ${reports.length} images. Check the preprocessing flags, or whether the images are of one class.`,
  ];
}
