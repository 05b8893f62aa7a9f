import { placed, required } from '../error.js';
import type { Layout, Shape, Tensor } from '../tensor.js';

/** Index of a value in `Graph.values`. */
export type ValueId = number;

/** Attributes of a node: plain data only, so that a graph can be posted to a worker and printed. */
export type Attributes = { readonly [key: string]: unknown };

/**
 * One activation: one node writes it, others read it. A layer that works in place in the source file
 * becomes a node that writes the next `version` of the same blob.
 */
export interface Value {
  readonly id: ValueId;
  /** Name of the blob (a Caffe top, a TensorFlow tensor). Several versions may share it. */
  readonly blob: string;
  /** 0 for the first node that writes the blob, 1 for the next ... */
  readonly version: number;
  /** Sizes including the leading batch axis, which is 1 (one image at a time) wherever the network has one. */
  readonly shape: Shape;
  /** Which axis of a 4-D value holds the channels. */
  readonly layout: Layout;
}

/** One operation. `op` names its file in `src/ops/`; `type` is the source file's spelling, for messages. */
export interface GraphNode {
  /** Layer or node name, unique in the graph; the name an entry of the scaling file gets. */
  readonly name: string;
  readonly op: string;
  readonly type: string;
  readonly attrs: Attributes;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** Weights and other constants in the order the op's `params` declares them. */
  readonly params: readonly Tensor[];
  /** Position in the source file (`deploy.prototxt:41:9`), for messages; empty when unknown. */
  readonly where: string;
  /** Whether it runs in float32 on the host, also where the overlay has such a layer. */
  readonly float?: boolean;
}

/** A network in single-assignment form. `nodes` are in network order, which is a topological order. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly values: readonly Value[];
  /** The values that are fed; each is written by a node with op `input`. */
  readonly inputs: readonly ValueId[];
  /** The values that are wanted. */
  readonly outputs: readonly ValueId[];
  /**
   * The value of each name on the command line: a layer name means the value after that layer; a top that no layer
   * is named after means the last version of its blob.
   */
  readonly names: Readonly<Record<string, ValueId>>;
}

/** `layer "conv1" (Convolution)`, preceded by its position where known: the name of a node in every message. */
export function describe(node: Pick<GraphNode, 'name' | 'type' | 'where'>): string {
  const layer = `layer "${node.name}" (${node.type})`;
  return node.where === '' ? layer : `${node.where}: ${layer}`;
}

/** The result of a function; an error of it that names no place is given the node's. */
export function named<T>(node: Pick<GraphNode, 'name' | 'type' | 'where'>, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw placed(error, () => describe(node));
  }
}

/** For each value the index of the node that writes it, -1 if none. */
export function producers(graph: Graph): Int32Array {
  const result = new Int32Array(graph.values.length).fill(-1);
  graph.nodes.forEach((node, index) => node.outputs.forEach((id) => (result[id] = index)));
  return result;
}

/** For each value the indices of the nodes that read it, ascending; a node that reads it twice counts twice. */
export function consumers(graph: Graph): number[][] {
  const result: number[][] = graph.values.map(() => []);
  graph.nodes.forEach((node, index) => node.inputs.forEach((id) => result[id]?.push(index)));
  return result;
}

/** The value of an id. */
export function graphValue(graph: Graph, id: ValueId): Value {
  return required(graph.values[id], 'graph', `value ${id}`);
}

/** The first input of a node; most layers have no other. */
export function inputOf(node: GraphNode): ValueId {
  return required(node.inputs[0], describe(node), 'an input');
}

/** The first output of a node; most layers have no other. */
export function outputOf(node: GraphNode): ValueId {
  return required(node.outputs[0], describe(node), 'an output');
}
