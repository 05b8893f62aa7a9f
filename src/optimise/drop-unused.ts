import type { Graph, ValueId } from '../graph/graph.js';
import { rewrite } from './rewrite.js';

/** Keeps the wanted values and their ancestors, nothing else. Inputs of the graph stay even when unread. */
export function dropUnused(graph: Graph, wanted: Iterable<ValueId> = graph.outputs): Graph {
  const needed = new Set<ValueId>([...wanted, ...graph.inputs]);
  const kept = [...graph.nodes].reverse().filter((node) => {
    if (!node.outputs.some((id) => needed.has(id))) return false;
    node.inputs.forEach((id) => needed.add(id));
    return true;
  });
  return rewrite(graph, kept.reverse());
}
