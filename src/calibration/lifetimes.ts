import { consumers, type Graph } from '../graph/graph.js';
import type { Rule } from '../ops/op.js';

/** Until which place in the order of the walk each form of a value is read; -1: never. */
export interface Lifetimes {
  readonly raw: Int32Array;
  readonly codes: Int32Array;
  /** The codes a value had before a Concat gave it another threshold. */
  readonly kept: Int32Array;
}

/** Whether the value may be float32 without a threshold: a host layer's result, or what is made of such only. */
function floatValues(graph: Graph, rules: readonly Rule[]): boolean[] {
  const float: boolean[] = graph.values.map(() => false);
  graph.nodes.forEach((node, index) => {
    const kind = rules[index]!.kind;
    const inherits =
      kind === 'shape' ||
      kind === 'pool' ||
      kind === 'lrn' ||
      kind === 'activation' ||
      kind === 'concat' ||
      kind === 'eltwise';
    const result = kind === 'host' || (inherits && node.inputs.every((id) => float[id]));
    node.outputs.forEach((id) => (float[id] = result));
  });
  return float;
}

/**
 * Values that a later layer takes as they were rounded. `direct`: what a Pooling or a shape-only node wrote, as
 * an activation sees it. `seenThroughShape`: what a Pooling or LRN wrote, as a Concat sees it; the Concat's
 * threshold is then applied to what it measured, so such a value is not rounded anew from an unrounded form.
 */
export function roundedOrigins(
  graph: Graph,
  rules: readonly Rule[],
): { direct: boolean[]; seenThroughShape: boolean[] } {
  const direct: boolean[] = [];
  const seenThroughShape: boolean[] = [];
  graph.nodes.forEach((node, index) => {
    const kind = rules[index]!.kind;
    for (const id of node.outputs) {
      direct[id] = kind === 'pool' || kind === 'shape';
      seenThroughShape[id] =
        kind === 'pool' || kind === 'lrn' || (kind === 'shape' && seenThroughShape[node.inputs[0]!]!);
    }
  });
  return { direct, seenThroughShape };
}

/**
 * Which stored forms the walk still needs, and for how long. Activations and Concats read unrounded values
 * (a Concat through shape-only nodes too), everything else reads codes; a value that a Concat may give a new
 * threshold keeps its unrounded form until its last reader has rounded it anew, and the codes it had where an
 * activation after the Concat works on them. `order`: the nodes' indices, each after what it reads.
 */
export function lifetimes(graph: Graph, rules: readonly Rule[], order: readonly number[]): Lifetimes {
  const raw = new Int32Array(graph.values.length).fill(-1);
  const codes = new Int32Array(graph.values.length).fill(-1);
  const kept = new Int32Array(graph.values.length).fill(-1);
  const float = floatValues(graph, rules);
  const places = new Int32Array(graph.nodes.length);
  order.forEach((index, place) => (places[index] = place));
  const readers = consumers(graph).map((indices) =>
    indices.map((index) => ({ place: places[index]!, kind: rules[index]!.kind })).sort((a, b) => a.place - b.place),
  );
  const origins = roundedOrigins(graph, rules);

  for (let place = order.length - 1; place >= 0; place--) {
    const index = order[place]!;
    const rule = rules[index]!;
    for (const id of graph.nodes[index]!.inputs) {
      const readsRaw =
        rule.kind === 'concat' ? !origins.seenThroughShape[id] : rule.kind === 'activation' && !origins.direct[id];
      const movesRaw = rule.kind === 'shape' && graph.nodes[index]!.outputs.some((out) => raw[out]! >= 0);
      const movesCodes = rule.kind === 'shape' && graph.nodes[index]!.outputs.some((out) => codes[out]! >= 0);
      if (readsRaw || movesRaw || float[id]) raw[id] = Math.max(raw[id]!, place);
      if (rule.kind === 'shape' ? movesCodes : !readsRaw) codes[id] = Math.max(codes[id]!, place);
    }
  }
  graph.values.forEach(({ id }) => {
    const concat = readers[id]!.find(({ kind }) => kind === 'concat')?.place;
    if (concat === undefined) return;
    if (codes[id]! > concat) raw[id] = Math.max(raw[id]!, codes[id]!);
    const activation = readers[id]!.filter(({ kind }) => kind === 'activation').at(-1)?.place ?? -1;
    if (origins.direct[id] && activation > concat) kept[id] = activation;
  });
  return { raw, codes, kept };
}

/** For each value the last node that reads it; -1: none. */
export function lastReaders(graph: Graph): Int32Array {
  return Int32Array.from(consumers(graph), (indices) => indices.reduce((last, index) => Math.max(last, index), -1));
}
