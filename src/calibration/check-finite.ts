import { fail } from '../error.js';
import { describe, type GraphNode } from '../graph/graph.js';
import type { Statistics } from './field.js';

/** What the images of a calibration batch are called in messages, by their number in the batch; by that number where absent. */
export type ImageName = ((image: number) => string) | undefined;

/** The statistics, or an error (`data`) that names layer and image where a value is not finite. */
export function checkFinite(node: GraphNode, statistics: Statistics, imageName: ImageName): Statistics {
  const { bad } = statistics;
  if (bad < 0) return statistics;
  const image = imageName === undefined ? `image ${bad + 1} of the calibration batch` : `the image ${imageName(bad)}`;
  return fail(
    'data',
    describe(node),
    `expected finite activations, got NaN or infinity for ${image}.`,
    'Check the preprocessing flags and the weights.',
  );
}
