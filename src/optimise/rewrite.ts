import type { Graph, GraphNode, ValueId } from '../graph/graph.js';

/** The graph with these nodes instead, and each value of `aliases` read as the one it maps to. Ids stay valid. */
export function rewrite(graph: Graph, nodes: readonly GraphNode[], aliases: ReadonlyMap<ValueId, ValueId> = new Map()): Graph {
  const resolve = (id: ValueId): ValueId => {
    let current = id;
    while (aliases.has(current)) current = aliases.get(current)!;
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
