import { analyse } from '../../analysis/analysed-graph.js';
import type { Graph } from '../../graph/graph.js';
import type { VerifiedLayer } from '../../verification/verification.js';
import { layerLabel } from '../layer-label.js';
import type { NetworkNode } from './report-data.js';

/**
 * The nodes of a network's picture: those of the graph in network order, an activation joined with the layer that it is
 * computed with. `layers`: what was compared.
 */
export function networkNodes(graph: Graph, layers: readonly VerifiedLayer[]): NetworkNode[] {
  const analysed = analyse(graph);
  const layerOf = new Map<string, VerifiedLayer>();
  for (const layer of layers) layerOf.set(layer.activation ?? layer.name, layer);
  const rows = new Map<number, number>(); // the row of each node
  const nodes: NetworkNode[] = [];
  for (const [index, { name, type, inputs }] of graph.nodes.entries()) {
    const sources = inputs.flatMap((id) => rows.get(analysed.writerOf(id)) ?? []);
    const layer = layerOf.get(name);
    const [row] = sources;
    if (layer?.activation === name && row !== undefined && isOnlyReader(graph, index)) {
      const joined = nodes[row];
      if (joined !== undefined) nodes[row] = { ...joined, name: layerLabel(layer), sqnr: layer.accumulated.sqnr };
      rows.set(index, row);
      continue;
    }
    rows.set(index, nodes.length);
    nodes.push({ name, type, inputs: sources, sqnr: layer?.accumulated.sqnr ?? null });
  }
  return nodes;
}

/** Whether nothing else reads what an activation reads. */
function isOnlyReader(graph: Graph, index: number): boolean {
  const analysed = analyse(graph);
  return analysed.readersOf(analysed.input(index)).length === 1;
}
