import type { Graph, GraphNode, ValueId } from '../graph/graph.js';

/** The graph with these nodes instead. Each value of `aliases` is read as the one it maps to. Ids of values stay valid. */
export function rewrite(
  graph: Graph,
  nodes: readonly GraphNode[],
  aliases: ReadonlyMap<ValueId, ValueId> = new Map(),
): Graph {
  const resolve = resolver(aliases);
  const written = new Set(nodes.flatMap((node) => node.outputs));
  const names = Object.entries(graph.names).map(([name, id]) => [name, resolve(id)] as const);
  return {
    ...graph,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(resolve) })),
    outputs: [...new Set(graph.outputs.map(resolve))],
    names: Object.fromEntries(names.filter(([, id]) => written.has(id))),
  };
}

/** Follows aliases to their end. Ends are remembered, so that a long chain costs its length once. */
function resolver(aliases: ReadonlyMap<ValueId, ValueId>): (id: ValueId) => ValueId {
  const ends = new Map<ValueId, ValueId>();
  return (id) => {
    const path: ValueId[] = [];
    let current = id;
    for (;;) {
      const next = ends.get(current) ?? aliases.get(current);
      if (next === undefined) break;
      path.push(current);
      current = next;
    }
    for (const passed of path) ends.set(passed, current);
    return current;
  };
}
