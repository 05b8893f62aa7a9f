import { failWithList, XfdnnError } from '../error.js';
import type { Graph } from '../graph/graph.js';
import { groupedByType } from '../graph/unsupported.js';
import { limitOf } from '../limits.js';
import type { Shape } from '../tensor.js';
import { attributeOf } from './attributes.js';
import { type Built, buildGraph } from './build.js';
import { withinBudget } from './constant.js';
import { decodedPixels, isDecoder } from './decoded-pixels.js';
import { expandFused } from './expand-fused.js';
import { foldPadding } from './fold-padding.js';
import { inlineFunctions } from './inline-functions.js';
import { declaredBatch, inputShape, layoutOfInput } from './input-shape.js';
import { joinDilations } from './join-dilations.js';
import { raiseLoops } from './loops.js';
import type { NodeDef } from './node.js';
import { readGraph } from './read-graph.js';
import { recogniseActivations } from './recognise-activations.js';
import { required } from './required.js';
import { select, tabulate } from './select.js';
import { type PlaceholderValues, setPlaceholders } from './set-placeholders.js';

export type { PlaceholderValues } from './set-placeholders.js';

/** Whether FakeQuant nodes round or vanish. */
export const FAKE_QUANT_MODES = ['use', 'ignore'] as const;

/** `use`: FakeQuant nodes round. `ignore`: they vanish. */
export type FakeQuantMode = (typeof FAKE_QUANT_MODES)[number];

/** A frozen TensorFlow graph as bytes, and how to read it. */
export interface TensorFlowOptions {
  /** A GraphDef, binary or text. Large constants are views of it. */
  readonly bytes: Uint8Array;
  /** Its name in messages. */
  readonly fileName: string;
  /** The node to feed; the nodes before it are not run. The one Placeholder if absent. */
  readonly inputLayer?: string | undefined;
  /**
   * The wanted nodes (`split:1` for an output other than the first). Absent or empty: every node that no other node
   * reads.
   */
  readonly outputLayers?: readonly string[] | undefined;
  /** Sizes of the input without its batch axis: C, H, W of an image; any other number of them in the input's own order. */
  readonly dims?: readonly number[] | undefined;
  /** Values of placeholders other than the input, by name: `{ keep_prob: 1, phase_train: false }`. */
  readonly placeholders?: PlaceholderValues | undefined;
  /** Whether FakeQuant nodes round (default) or vanish. */
  readonly fakeQuant?: FakeQuantMode | undefined;
}

/** A graph, and sentences about nodes that are run but may not be meant so. */
export interface TensorFlowImport {
  readonly graph: Graph;
  readonly warnings: readonly string[];
}

/** A graph, and the nodes that the import left out of it. */
export interface InspectedTensorFlow extends TensorFlowImport {
  /** Nodes that cannot be run, `"nms" (NonMaxSuppression)`. They and the nodes that depend on them are not in the graph. */
  readonly unsupported: readonly string[];
}

/**
 * Reads a frozen graph for inference on one image: constants and shape arithmetic are evaluated, copies and nodes for
 * training vanish, written-out activations are recognised, weights are OIHW, activations keep the graph's layout.
 * Throws `format` (another kind of file, a truncated one), `model` (a graph or names that make no sense, unknown
 * shapes) and `unsupported` (one error for all nodes that cannot be run).
 */
export function importTensorFlow(options: TensorFlowOptions): TensorFlowImport {
  const { graph, unsupported, warnings } = inspectTensorFlow(options);
  if (unsupported.length > 0) {
    const count = unsupported.length === 1 ? '1 node' : `${unsupported.length} nodes`;
    failWithList(
      'unsupported',
      options.fileName,
      { head: `not supported: ${count}:`, items: groupedByType(unsupported) },
      'Use --output_layer to stop before them.',
    );
  }
  return { graph, warnings };
}

/** The graph of {@link importTensorFlow}. */
export function loadTensorFlow(options: TensorFlowOptions): Graph {
  return importTensorFlow(options).graph;
}

/** As {@link importTensorFlow}, but nodes that cannot be run are left out and listed: for looking at a network. */
export function inspectTensorFlow(options: TensorFlowOptions): InspectedTensorFlow {
  const { bytes, fileName } = options;
  const constants = limitOf('constants') + CONSTANTS_PER_BYTE * bytes.length;
  try {
    return withinBudget(constants, () => inspected(options));
  } catch (error) {
    // Errors of a node name the node alone where the file is not known.
    const isPlaced = !(error instanceof XfdnnError) || error.where.startsWith(fileName) || error.code === 'usage';
    throw isPlaced ? error : error.within(fileName);
  }
}

/** A constant of the file may be computed with this many times. */
const CONSTANTS_PER_BYTE = 16;

function inspected(options: TensorFlowOptions): InspectedTensorFlow {
  const { bytes, fileName, placeholders = {}, outputLayers } = options;
  const inlined = inlineFunctions(readGraph(bytes, fileName), fileName);
  const nodes = joinDilations(expandFused(setPlaceholders(raiseLoops(inlined), placeholders, fileName)));
  const wanted = outputLayers?.length === 0 ? undefined : outputLayers;
  const built = importNodes(nodes, options, options.inputLayer, wanted);
  return { ...built, graph: foldPadding(recogniseActivations(built.graph)) };
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
  const inferred = (): Shape => {
    const { values, outputs } = importNodes(nodes, options, undefined, [selection.input.name]).graph;
    const [id = -1] = outputs;
    return required(values[id], `a value of "${selection.input.name}"`).shape;
  };
  const shape = inputShape(selection, inputLayout, fileName, dims, inferred);
  const part = (some: readonly NodeDef[], from: string, to: string): Graph =>
    importNodes(some, { ...options, dims: undefined }, from, [to]).graph;
  return buildGraph(selection, {
    fileName,
    inputLayout,
    inputShape: shape,
    inputBytes: attributeOf(selection.input, 'dtype') === 'DT_UINT8' || isDecoder(selection.input),
    decoded: decodedPixels(nodes, selection.input, part),
    declaredBatch: declaredBatch(selection),
    fakeQuant: options.fakeQuant ?? 'use',
  });
}
