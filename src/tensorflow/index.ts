import { fail } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { type Built, buildGraph } from './build.js';
import { declaredBatch, inputShape, layoutOfInput } from './input-shape.js';
import { joinDilations } from './join-dilations.js';
import type { NodeDef } from './node.js';
import { readGraph } from './read-graph.js';
import { recognise } from './recognise.js';
import { select, tabulate } from './select.js';

/** Whether FakeQuant nodes round or vanish. */
export const FAKE_QUANT_MODES = ['use', 'ignore'] as const;

/** `use`: FakeQuant nodes round. `ignore`: they vanish. */
export type FakeQuantMode = (typeof FAKE_QUANT_MODES)[number];

/** A frozen TensorFlow graph as plain values, and how to look at it. */
export interface TensorFlowOptions {
  /** A GraphDef, binary or text. Large constants are views of it. */
  readonly bytes: Uint8Array;
  /** Its name in messages. */
  readonly fileName: string;
  /** The node to feed; nothing before it is run. The one Placeholder if absent. */
  readonly inputLayer?: string | undefined;
  /** Nodes that are wanted, with all they need (`split:1` for another than the first output); every node without consumers if absent or empty. */
  readonly outputLayers?: readonly string[] | undefined;
  /** Sizes of the input without its batch axis: C, H, W of an image; any other number of them in the input's own order. */
  readonly dims?: readonly number[] | undefined;
  /** Whether FakeQuant nodes round (default) or vanish. */
  readonly fakeQuant?: FakeQuantMode | undefined;
}

/** A graph, and what the import left out of it. */
export interface TensorFlowImport {
  readonly graph: Graph;
  /** Nodes we cannot run, `"nms" (NonMaxSuppression)`; they and what depends on them are not in the graph. */
  readonly unsupported: readonly string[];
}

/**
 * Reads a frozen graph for inference on one image: constants and shape arithmetic evaluated, copies and training
 * leftovers gone, written-out activations recognised, weights OIHW, activations in the graph's own layout. Throws XfdnnError: `format` (another
 * kind of file, truncated), `model` (a graph or names that make no sense, unknown shapes), `unsupported` (all nodes we cannot run, at once).
 */
export function loadTensorFlow(options: TensorFlowOptions): Graph {
  const { graph, unsupported } = inspectTensorFlow(options);
  if (unsupported.length > 0) {
    const count = unsupported.length === 1 ? '1 node' : `${unsupported.length} nodes`;
    fail(
      'unsupported',
      options.fileName,
      `not supported: ${count}: ${unsupported.join(', ')}.`,
      'Use --output_layer to stop before them.',
    );
  }
  return graph;
}

/** As {@link loadTensorFlow}, but leaves out what cannot be run and tells what was left out: for looking at a network. */
export function inspectTensorFlow(options: TensorFlowOptions): TensorFlowImport {
  const nodes = joinDilations(readGraph(options.bytes, options.fileName));
  const { graph, unsupported } = importNodes(
    nodes,
    options,
    options.inputLayer,
    options.outputLayers?.length === 0 ? undefined : options.outputLayers,
  );
  return { graph: recognise(graph), unsupported };
}

function importNodes(
  nodes: readonly NodeDef[],
  options: TensorFlowOptions,
  inputLayer?: string,
  outputLayers?: readonly string[],
): Built {
  const { fileName, dims } = options;
  const selection = select(tabulate(nodes, fileName), fileName, inputLayer, outputLayers);
  const inputLayout = layoutOfInput(selection);
  // A node inside the graph has the shape that the nodes before it give it.
  const inferred = (): readonly number[] => {
    const { graph } = importNodes(nodes, options, undefined, [selection.input.name]);
    return graph.values[graph.outputs[0]!]!.shape;
  };
  const shape = inputShape(selection.input, inputLayout, fileName, dims, inferred);
  return buildGraph(selection, {
    fileName,
    inputLayout,
    inputShape: shape,
    declaredBatch: declaredBatch(selection.input),
    fakeQuant: options.fakeQuant ?? 'use',
  });
}
