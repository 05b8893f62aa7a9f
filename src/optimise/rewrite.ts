import type { Graph, GraphNode, ValueId } from '../graph/graph.js';

/** The graph with these nodes instead, and each value of `aliases` read as the one it maps to. Ids stay valid. */
export function rewrite(
  graph: Graph,
  nodes: readonly GraphNode[],
  aliases: ReadonlyMap<ValueId, ValueId> = new Map(),
): Graph {
  const ends = new Map<ValueId, ValueId>();
  const resolve = (id: ValueId): ValueId => {
    const path: ValueId[] = [];
    let current = id;
    for (; aliases.has(current) && !ends.has(current); current = aliases.get(current)!) path.push(current);
    current = ends.get(current) ?? current;
    path.forEach((step) => ends.set(step, current));
    return current;
  };
  const written = new Set(nodes.flatMap((node) => node.outputs));
  const names = Object.entries(graph.names).map(([name, id]) => [name, resolve(id)] as const);
  return {
    ...graph,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(resolve) })),
    outputs: [...new Set(graph.outputs.map(resolve))],
    names: Object.fromEntries(names.filter(([, id]) => written.has(id))),
  };
}
