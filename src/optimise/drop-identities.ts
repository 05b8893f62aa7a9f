import { type Graph, producers, type ValueId } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import { rewrite } from './rewrite.js';

/** Drops nodes that copy (Dropout at test time, Split, Identity): their readers read the original. */
export function dropIdentities(graph: Graph): Graph {
  const aliases = new Map<ValueId, ValueId>();
  const kept = graph.nodes.filter((node) => {
    if (!(opOf(node).identity?.(node) ?? false)) return true;
    node.outputs.forEach((id) => aliases.set(id, node.inputs[0]!));
    return false;
  });
  return aliases.size === 0 ? graph : rewrite(graph, kept, aliases);
}

/** What the readers of each of these values read once {@link dropIdentities} has run. */
export function originals(graph: Graph, ids: readonly ValueId[]): ValueId[] {
  const writers = producers(graph);
  return ids.map((id) => {
    let current = id;
    for (
      let node = graph.nodes[writers[current]!];
      node !== undefined && (opOf(node).identity?.(node) ?? false);
      node = graph.nodes[writers[current]!]
    )
      current = node.inputs[0]!;
    return current;
  });
}
