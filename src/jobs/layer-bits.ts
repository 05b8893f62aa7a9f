import { analyse } from '../analysis/analysed-graph.js';
import { type NetworkWidths, type WidthBoundary, widthBoundaries } from '../analysis/width-boundaries.js';
import { LayerWidths } from '../calibration/layer-widths.js';
import type { BitWidths, PlannedWidths } from '../calibration/plan.js';
import { fail, failWithList } from '../error.js';
import { type BitWidth, isBitWidth } from '../fixed/grid.js';
import type { Graph } from '../graph/graph.js';
import { layerNames, matchNames } from '../graph/layer-names.js';
import { OVERLAYS, type Overlay, type OverlayChoice, overlayOf } from '../scaling/index.js';

/**
 * Widths of layers by their names, with `*` and `?`: of the layer's input codes and weights. Where several match a layer,
 * the last counts.
 */
export type LayerBits = Readonly<Record<string, number>>;

const FLAG = '--layer_bits';

/** What the widths of a network's layers follow from. */
export interface LayerBitsOptions {
  readonly layerBits: LayerBits;
  readonly widths: BitWidths;
  readonly includeInnerProduct?: boolean | undefined;
  readonly overlay: OverlayChoice;
}

/** Throws `usage` for a width other than 8 and 16. */
export function checkLayerBits(layerBits: LayerBits): void {
  for (const [name, bits] of Object.entries(layerBits)) widthOf(name, bits);
}

/**
 * The widths of a graph's values and layers where layers are named. Throws `usage` for a name that matches no layer with a width of
 * its own, and for widths that the overlay cannot bring together, all of them at once.
 */
export function layerWidths(graph: Graph, options: LayerBitsOptions): PlannedWidths {
  const { widths, includeInnerProduct } = options;
  const named = namedLayers(graph, options);
  const planned = new LayerWidths(analyse(graph), { widths, includeInnerProduct, named });
  const boundaries = boundariesOf(graph, planned, options);
  if (boundaries.length > 0) refuse(boundaries, overlayOf(options.overlay));
  return planned;
}

/** Where the widths of a plan meet and the overlay cannot compute them. */
function boundariesOf(
  graph: Graph,
  planned: LayerWidths,
  { includeInnerProduct, overlay }: Omit<LayerBitsOptions, 'layerBits'>,
): WidthBoundary[] {
  return widthBoundaries(analyse(graph), networkWidths(graph, planned, includeInnerProduct), overlayOf(overlay));
}

/** Where the overlay cannot compute a network whose layers of these indices have another width than the others. */
export function namedBoundaries(
  graph: Graph,
  named: ReadonlyMap<number, BitWidth>,
  options: Omit<LayerBitsOptions, 'layerBits'>,
): WidthBoundary[] {
  const planned = new LayerWidths(analyse(graph), { ...options, named });
  return boundariesOf(graph, planned, options);
}

/** The width of each named layer, by its index. */
function namedLayers(graph: Graph, { layerBits, includeInnerProduct }: LayerBitsOptions): Map<number, BitWidth> {
  const analysis = analyse(graph);
  const patterns = Object.keys(layerBits);
  const named = new Map<number, BitWidth>();
  for (const [i, names] of matchNames(FLAG, patterns, layerNames(graph)).entries()) {
    const pattern = patterns[i] ?? '';
    const layers = names
      .flatMap((name) => analysis.indexOf(name) ?? [])
      .filter((index) => hasWidth(graph, index, includeInnerProduct));
    if (layers.length === 0) noWidth(pattern, names);
    for (const index of layers) named.set(index, widthOf(pattern, layerBits[pattern] ?? 0));
  }
  return named;
}

/** Whether a layer of the overlay reads codes of a width of its own: one with an entry, but no pooling, which passes codes on. */
export function hasWidth(graph: Graph, index: number, includeInnerProduct = false): boolean {
  const rule = analyse(graph).rule(index);
  if (rule.kind === 'weighted') return rule.entry === 'always' || includeInnerProduct;
  return rule.kind === 'eltwise';
}

function widthOf(name: string, bits: number): BitWidth {
  return isBitWidth(bits)
    ? bits
    : fail('usage', FLAG, `expected 8 or 16 bits for "${name}", got ${bits}.`, 'For example conv1=16,fire*=16.');
}

function noWidth(pattern: string, names: readonly string[]): never {
  return fail(
    'usage',
    FLAG,
    `expected layers with weights or Eltwises, got "${pattern}", which matches ${names
      .slice(0, 3)
      .map((name) => `"${name}"`)
      .join(', ')} only.`,
    'Poolings, Concats and activations pass the width of their input on, layers of the host have none; a fully connected layer has one with --include_inner_product.',
  );
}

/** The widths that a plan gives, as a scaling file will have them. */
function networkWidths(graph: Graph, planned: LayerWidths, includeInnerProduct?: boolean): NetworkWidths {
  const analysis = analyse(graph);
  return {
    value: (id) => planned.value(id),
    layer(index) {
      const rule = analysis.rule(index);
      const isConcat = rule.kind === 'concat';
      if (!isConcat && !hasWidth(graph, index, includeInnerProduct)) return undefined;
      if (planned.isOnHost(index)) return undefined;
      const output = planned.value(analysis.output(index));
      if (isConcat) return { input: output, entry: null };
      const [form, params] = rule.kind === 'weighted' ? [rule.form, planned.params(index)] : ['Eltwise' as const, null];
      return { input: planned.input(index), entry: { form, params, output } };
    },
  };
}

function refuse(boundaries: readonly WidthBoundary[], overlay: Overlay): never {
  const head = `expected widths that overlay ${overlay.name} can bring together, got`;
  return failWithList(
    'usage',
    FLAG,
    { head, items: boundaries.map(({ what, why }) => `${what} (${why})`) },
    wayOut(overlay),
  );
}

/** What to do about widths that an overlay cannot bring together. */
function wayOut(overlay: Overlay): string {
  const others = OVERLAYS.filter(({ name }) => name !== overlay.name).map(({ name }) => `--overlay ${name}`);
  const together = 'Give all layers that read one value the same width, and change widths at layers with weights';
  return `${together}; or try ${others.join(' or ')}.`;
}
