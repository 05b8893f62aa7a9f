import type { BitWidth } from '../fixed/grid.js';
import { describe, type ValueId } from '../graph/graph.js';
import { changesWidth, type EntryForm, holdsBiases, type Overlay } from '../scaling/index.js';
import type { AnalysedGraph } from './analysed-graph.js';

/** The widths of a layer of the overlay. */
export interface OverlayWidths {
  /** Of the codes that it reads. */
  readonly input: BitWidth;
  /** Of its entry: of the weights (null: none) and of the codes that it writes; null: a Concat, which has no entry. */
  readonly entry: { readonly form: EntryForm; readonly params: BitWidth | null; readonly output: BitWidth } | null;
}

/** The widths of a network on an overlay. */
export interface NetworkWidths {
  /** Of a value's codes as they are written, or as it comes from the host; null: no layer of the overlay reads it. */
  value(id: ValueId): BitWidth | null;
  /** Undefined where a layer runs on the host, or passes codes on as they are. */
  layer(index: number): OverlayWidths | undefined;
}

/** Widths that meet at a layer and that the overlay cannot bring together. */
export interface WidthBoundary {
  /** Index of the layer. */
  readonly layer: number;
  /** The key of its entry that is about them; of a Concat, which has none, that of the codes it reads. */
  readonly key: 'bw_layer_in' | 'bw_layer_out' | 'bw_params';
  /** What meets there. */
  readonly what: string;
  /** Why the overlay cannot. */
  readonly why: string;
}

/**
 * Every place where a network's widths meet in a way that the overlay cannot compute: codes that a reader wants in another
 * width, a layer whose results have another width than its codes, weights wider than the codes. In network order.
 * Source: docs/spec/quantizer.md, section 6.6.
 */
export function widthBoundaries(analysis: AnalysedGraph, widths: NetworkWidths, overlay: Overlay): WidthBoundary[] {
  return analysis.graph.nodes.flatMap((node, layer) => {
    const own = widths.layer(layer);
    if (own === undefined) return [];
    const name = describe({ ...node, where: '' });
    const operands = [...new Set(node.inputs)].flatMap((id) => {
      const bits = widths.value(id);
      if (bits === null || changesWidth(overlay, 'Rescaling', bits, own.input)) return [];
      const what = `${name} reads ${own.input} bits of "${analysis.value(id).blob}", which has ${bits}`;
      return [{ layer, key: 'bw_layer_in', what, why: `overlay ${overlay.name} cannot rescale them` } as const];
    });
    const hasBias = node.params[1] !== undefined;
    return [
      ...operands,
      ...ownBoundaries(own, overlay, hasBias).map((found) => ({ ...found, layer, what: `${name} ${found.what}` })),
    ];
  });
}

/** Boundaries within a layer: between its codes and its results, and between its codes and its weights. */
function ownBoundaries(
  { input, entry }: OverlayWidths,
  overlay: Overlay,
  hasBias: boolean,
): Omit<WidthBoundary, 'layer'>[] {
  if (entry === null) return [];
  const { form, params, output } = entry;
  const found: Omit<WidthBoundary, 'layer'>[] = [];
  if (!changesWidth(overlay, form, input, output)) {
    const why = `overlay ${overlay.name} has no multiplier for that in a layer of this kind`;
    found.push({ key: 'bw_layer_out', what: `reads ${input} bits and writes ${output}`, why });
  }
  if (hasBias && params !== null && !holdsBiases(overlay, input, params)) {
    const why = `overlay ${overlay.name} has too few bits for the biases then`;
    found.push({ key: 'bw_params', what: `reads ${input} bits and has weights of ${params}`, why });
  }
  return found;
}
