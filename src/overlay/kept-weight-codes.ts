import { weightRows } from '../analysis/weights.js';
import { type Grid, sameGrid } from '../fixed/grid.js';
import type { GraphNode } from '../graph/graph.js';
import type { Codes } from '../kernels/codes.js';
import { overlayWeights } from './overlay-weights.js';

interface Kept {
  readonly params: readonly Grid[];
  readonly codes: Codes;
}

/** The last weight codes of each layer, for layers that are prepared again while the grids of their weights stay. */
export class KeptWeightCodes {
  private readonly kept = new Map<GraphNode, Kept>();

  /** {@link overlayWeights} of a weighted layer. `params`: the grids of its channels. */
  readonly of = (node: GraphNode, params: readonly Grid[]): Codes => {
    const known = this.kept.get(node);
    if (known !== undefined && sameGrids(known.params, params)) return known.codes;
    const codes = overlayWeights(weightRows(node), params);
    this.kept.set(node, { params, codes });
    return codes;
  };
}

const sameGrids = (a: readonly Grid[], b: readonly Grid[]): boolean =>
  a.length === b.length && a.every((grid, channel) => sameGrid(grid, b[channel] ?? grid));
