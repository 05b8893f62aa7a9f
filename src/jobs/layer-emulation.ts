import { type EmulatedValue, Emulator } from '../emulator/emulator.js';
import { fail, required } from '../error.js';
import { CODES } from '../fixed/grid.js';
import type { Graph, ValueId } from '../graph/graph.js';
import { layerNames, matchNames } from '../graph/layer-names.js';
import { createEngine } from '../kernels/engine.js';
import type { ValuePlacement } from '../placement/placement.js';
import type { OverlayChoice, ScalingEntry } from '../scaling/index.js';
import { fittingOverlay } from '../scaling-file/fitting-overlay.js';
import { elements, type Layout, type Shape, type Tensor, type TypedArray } from '../tensor.js';

/** An input or a result of a layer: how it is kept, and its sizes with the batch axis of 1. */
export interface LayerValue {
  /** The blob's name. */
  readonly blob: string;
  readonly placement: ValuePlacement;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** A result of an emulated layer: Int8Array or Int16Array of codes, Float32Array of the host. */
export interface LayerResult extends LayerValue {
  readonly tensor: Tensor<TypedArray>;
}

/** Layers of a network on the emulated overlay, one at a time. */
export interface LayerEmulation {
  /** The inputs that {@link run} takes, in their order. Throws `usage` for a name that no layer has. */
  inputsOf(layer: string): LayerValue[];
  /**
   * Runs a layer, with the activations that are computed from its sums. `inputs`: for each input its elements, codes as
   * Int8Array or Int16Array, values of the host as Float32Array. Throws `usage` for other names, counts and sizes, and for
   * an activation that is computed with the layer before it; `data` for other types.
   */
  run(layer: string, inputs: readonly TypedArray[]): LayerResult[];
  /** Frees the memory. Every later call throws `usage`. */
  free(): void;
}

/**
 * Opens the layers of a graph, as it was calibrated, with the entries of a scaling file. `overlay`: detected from the entries
 * where absent. Throws `data` where an entry is missing or does not fit, `usage` for entries of another overlay, `format` for a scale
 * that the overlay does not hold. Source: docs/spec/overlay.md, section 3.
 */
export async function openLayers(
  graph: Graph,
  entries: readonly ScalingEntry[],
  options: { readonly overlay?: OverlayChoice | undefined } = {},
): Promise<LayerEmulation> {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const emulator = new Emulator(
    await createEngine(),
    graph,
    byName,
    fittingOverlay(entries, options.overlay, 'entries'),
  );
  const { analysis } = emulator.placement;
  let isFree = false;
  const indexOf = (layer: string): number => {
    if (isFree)
      fail('usage', 'layers', 'expected an emulation that is open, got one after free().', 'Call openLayers again.');
    const index = analysis.indexOf(layer);
    if (index !== undefined && analysis.rule(index).kind !== 'input') return index;
    matchNames('layer', [layer], layerNames(graph));
    return fail('usage', 'layer', `expected the name of one layer, got "${layer}".`, 'Pass a name of the graph.');
  };
  const described = (id: ValueId): LayerValue => {
    const { blob, shape, layout } = analysis.value(id);
    return { blob, placement: emulator.placement.value(id), shape, layout };
  };
  const inputsOf = (layer: string): LayerValue[] => analysis.node(indexOf(layer)).inputs.map(described);
  return {
    inputsOf,
    run(layer, inputs) {
      const index = indexOf(layer);
      const summing = analysis.rule(index).kind === 'activation' ? emulator.placement.accumulatingLayer(index) : null;
      if (summing !== null) {
        const { name } = analysis.node(summing);
        fail(
          'usage',
          `layer "${layer}"`,
          `expected a layer of its own, got one that is computed with "${name}".`,
          `Run "${name}".`,
        );
      }
      checkInputs(layer, inputsOf(layer), inputs);
      const results = emulator.runNode(index, inputs);
      return [...results].map(([id, { tensor }]: [ValueId, EmulatedValue]) => ({ ...described(id), tensor }));
    },
    free() {
      if (!isFree) emulator.free();
      isFree = true;
    },
  };
}

function checkInputs(layer: string, wanted: readonly LayerValue[], given: readonly TypedArray[]): void {
  const where = `layer "${layer}"`;
  if (wanted.length !== given.length)
    fail('usage', where, `expected ${wanted.length} inputs, got ${given.length}.`, 'inputsOf lists them.');
  for (const [i, { blob, placement, shape }] of wanted.entries()) {
    const data = required(given[i], where, 'an input');
    const type = placement.kind === 'float' ? Float32Array : CODES[placement.grid.bits].array;
    if (!(data instanceof type))
      fail(
        'data',
        where,
        `expected "${blob}" as ${type.name}, got ${data.constructor.name}.`,
        'inputsOf says how a value is kept.',
      );
    if (data.length !== elements(shape))
      fail(
        'usage',
        where,
        `expected ${elements(shape)} elements of "${blob}", got ${data.length}.`,
        'inputsOf has the shapes.',
      );
  }
}
