import { analyse } from '../analysis/analysed-graph.js';
import type { WidthBoundary } from '../analysis/width-boundaries.js';
import type { Graph } from '../graph/graph.js';
import { hasWidth, type LayerBitsOptions, namedBoundaries } from './layer-bits.js';

/** How a network is calibrated but for the widths of its layers. */
export type WideningOptions = Omit<LayerBitsOptions, 'layerBits'>;

/** The layers that can have 16 bits, by index. */
export function widenableLayers(graph: Graph, { includeInnerProduct }: WideningOptions): number[] {
  return [...graph.nodes.keys()].filter(
    (index) => graph.nodes[index]?.float !== true && hasWidth(graph, index, includeInnerProduct),
  );
}

/**
 * The layers and those that must have 16 bits with them, so that the overlay can compute every width that meets another. Where no
 * smaller set is found, all layers that can have 16 bits.
 */
export function widenedTogether(
  graph: Graph,
  layers: ReadonlySet<number>,
  options: WideningOptions,
): ReadonlySet<number> {
  const widenable = new Set(widenableLayers(graph, options));
  const widened = new Set(layers);
  for (;;) {
    const boundaries = namedBoundaries(graph, new Map([...widened].map((index) => [index, 16])), options);
    if (boundaries.length === 0) return widened;
    const others = boundaries
      .flatMap((boundary) => neighbours(graph, boundary, options))
      .filter((index) => widenable.has(index) && !widened.has(index));
    if (others.length === 0) return widenable;
    for (const index of others) widened.add(index);
  }
}

/** The layers whose widths can lift a boundary: the layer itself, and where it cannot narrow its results those that read them. */
function neighbours(graph: Graph, { layer, key }: WidthBoundary, options: WideningOptions): number[] {
  const analysis = analyse(graph);
  if (key !== 'bw_layer_out' && hasWidth(graph, layer, options.includeInnerProduct)) return [layer];
  const readers = (index: number): number[] =>
    analysis
      .node(index)
      .outputs.flatMap((id) =>
        analysis
          .readersOf(id)
          .flatMap((reader) => (hasWidth(graph, reader, options.includeInnerProduct) ? [reader] : readers(reader))),
      );
  return [layer, ...readers(layer)];
}
