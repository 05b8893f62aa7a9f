import type { Graph } from './graph.js';
import { layerNames, matchNames } from './layer-names.js';

/**
 * The graph with layers that run in float32 on the host, also where the overlay has them: those whose names a pattern
 * matches (`*` any characters, `?` one). Batch norms among them are not folded. Throws `usage` for a pattern that matches no layer.
 * Source: docs/spec/quantizer.md, section 4.13.
 */
export function withFloatLayers(graph: Graph, patterns: readonly string[] | undefined): Graph {
  if (patterns === undefined || patterns.length === 0) return graph;
  const float = new Set(matchNames('--float_layers', patterns, layerNames(graph)).flat());
  return { ...graph, nodes: graph.nodes.map((node) => (float.has(node.name) ? { ...node, float: true } : node)) };
}
