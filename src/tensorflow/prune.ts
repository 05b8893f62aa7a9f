import type { Graph, ValueId } from '../graph/graph.js';

/** Keeps the inputs and what the outputs need; values are numbered anew, names that mean none any more are gone. */
export function prune(graph: Graph): Graph {
  const needed = new Set<ValueId>([...graph.inputs, ...graph.outputs]);
  for (const node of [...graph.nodes].reverse()) if (node.outputs.some((id) => needed.has(id))) node.inputs.forEach((id) => needed.add(id));
  const nodes = graph.nodes.filter((node) => node.outputs.some((id) => needed.has(id)));
  const kept = nodes.flatMap((node) => node.outputs);
  const ids = new Map(kept.map((id, index) => [id, index]));
  const renamed = (id: ValueId): ValueId => ids.get(id)!;
  return {
    ...graph,
    nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
    values: kept.map((id, index) => ({ ...graph.values[id]!, id: index })),
    inputs: graph.inputs.map(renamed),
    outputs: graph.outputs.map(renamed),
    names: Object.fromEntries(Object.entries(graph.names).filter(([, id]) => ids.has(id)).map(([name, id]) => [name, renamed(id)])),
  };
}
