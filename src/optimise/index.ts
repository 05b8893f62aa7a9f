import type { Graph } from '../graph/graph.js';
import { dropIdentities } from './drop-identities.js';
import { dropUnused } from './drop-unused.js';
import { type FoldedChain, foldAffine } from './fold-affine.js';

export { dropIdentities, originals } from './drop-identities.js';
export { dropUnused } from './drop-unused.js';
export type { FoldedChain } from './fold-affine.js';

/**
 * The graph as it is calibrated and emulated: only what a wanted value needs, copies dropped, batch norms
 * folded. The values of `graph.outputs` are never folded away.
 */
export function optimise(graph: Graph): { graph: Graph; chains: readonly FoldedChain[] } {
  const plain = dropIdentities(dropUnused(graph));
  return foldAffine(plain, new Set(plain.outputs));
}
