import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import type { Statistics } from './executor/statistics.js';

/** The name of an image of the calibration batch in messages, by its number in the batch. Undefined: the number is its name. */
export type ImageName = ((image: number) => string) | undefined;

/** Throws an error (`data`) that names layer and image where a value is not finite. */
export function checkFinite(node: GraphNode, { bad }: Statistics, imageName: ImageName): void {
  if (bad < 0) return;
  const image = imageName === undefined ? `image ${bad + 1} of the calibration batch` : `the image ${imageName(bad)}`;
  fail(
    'data',
    describe(node),
    `expected finite activations, got NaN or infinity for ${image}.`,
    'Check the preprocessing flags and the weights.',
  );
}
