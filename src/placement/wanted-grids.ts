import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { keepsThreshold, takesEntry } from '../analysis/traits.js';
import type { Grid } from '../fixed/grid.js';
import type { Rule } from '../ops/op.js';
import { gridsOf, type ScalingEntry } from '../scaling/index.js';

/** Entries of a scaling file by the name of their layer. */
export type Entries = ReadonlyMap<string, ScalingEntry>;

/** Entries by the name of their layer; of several with one name the last. */
export function entriesByName(entries: readonly ScalingEntry[]): Entries {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

/** Which layers the search for the next entry sees through, and whose input grid it takes. */
export interface Lookahead {
  seesThrough(rule: Rule): boolean;
  /** Whether the search takes the grid of an Eltwise's operands; false: it ends there with none. */
  readonly takesEltwise: boolean;
}

/**
 * The grid on which a value comes to the overlay: the network's input, and results of the host.
 * Source: `docs/spec/overlay.md`, "Layers on the overlay".
 */
export const ON_ENTRY: Lookahead = { seesThrough: keepsThreshold, takesEltwise: true };

/**
 * The output grid of an average pooling's entry. The walk gives it the threshold that its blob has in the end: an activation
 * behind it replaces that threshold, so the search sees through activations. It does not see through LRN, since an
 * activation behind an LRN replaces the LRN's threshold, and it does not take the grid of an Eltwise, which is the largest of
 * its operands' thresholds.
 */
export const AFTER_POOLING: Lookahead = {
  seesThrough: ({ kind }) => kind === 'shape' || kind === 'pool' || kind === 'activation',
  takesEltwise: false,
};

/** The entry of a layer that can have one; undefined where it cannot, or has none. */
export function ownEntry(analysis: AnalysedGraph, index: number, entries: Entries): ScalingEntry | undefined {
  return takesEntry(analysis.rule(index)) ? entries.get(analysis.node(index).name) : undefined;
}

/** For each value the input grid of its first reader with an entry, in network order; undefined where there is none. */
export function wantedGrids(
  analysis: AnalysedGraph,
  entries: Entries,
  { seesThrough, takesEltwise }: Lookahead,
): (Grid | undefined)[] {
  const wanted: (Grid | undefined)[] = [];
  const isTaken = (index: number): boolean => takesEltwise || analysis.rule(index).kind !== 'eltwise';
  const gridOfReader = (index: number): { found: Grid | undefined } | undefined => {
    const entry = ownEntry(analysis, index, entries);
    if (entry !== undefined) return { found: isTaken(index) ? gridsOf(entry).input : undefined };
    const found = seesThrough(analysis.rule(index))
      ? firstOf(analysis.node(index).outputs, (id) => wanted[id])
      : undefined;
    return found === undefined ? undefined : { found };
  };
  // Backwards, for the readers of a value come after its writer.
  for (const node of [...analysis.graph.nodes].reverse())
    for (const id of node.outputs) wanted[id] = firstOf(analysis.readersOf(id), gridOfReader)?.found;
  return wanted;
}

/** The first that is found, in order. */
function firstOf<T, R>(list: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
