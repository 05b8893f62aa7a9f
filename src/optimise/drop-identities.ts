import { type Graph, type GraphNode, inputOf, type ValueId } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import { rewrite } from './rewrite.js';

/** Drops nodes that copy (Dropout at test time, Split, Identity): their readers read the original. */
export function dropIdentities(graph: Graph): Graph {
  const aliases = new Map<ValueId, ValueId>();
  const kept: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (isIdentity(node)) for (const id of node.outputs) aliases.set(id, inputOf(node));
    else kept.push(node);
  }
  return aliases.size === 0 ? graph : rewrite(graph, kept, aliases);
}

/** For each value the one that its readers read after {@link dropIdentities}. */
export function originals(graph: Graph, ids: readonly ValueId[]): ValueId[] {
  const known = new Map<ValueId, ValueId>();
  for (const node of graph.nodes) {
    if (!isIdentity(node)) continue;
    const input = inputOf(node);
    for (const id of node.outputs) known.set(id, known.get(input) ?? input);
  }
  return ids.map((id) => known.get(id) ?? id);
}

function isIdentity(node: GraphNode): boolean {
  return opOf(node).identity?.(node) ?? false;
}
