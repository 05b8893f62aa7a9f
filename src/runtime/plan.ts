import { consumers, type Graph, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { ConvolutionAlgorithm } from '../kernels/convolution.js';
import { aligned, type Lowering } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { elements } from '../tensor.js';
import { referenceLowering } from './reference-lowering.js';

/** One node of a plan, with an activation that is applied at once. */
export interface PlannedNode {
  readonly node: number;
  readonly fused: number | null;
  readonly lowering: Lowering;
  /** Byte offset of its packed constants among all constants. */
  readonly constants: number;
}

/** A float32 forward pass, laid out before anything is allocated. Offsets and sizes are bytes. */
export interface Plan {
  readonly nodes: readonly PlannedNode[];
  /** Offset of each value in the arena; -1 for values that are never stored (fused away). */
  readonly offsets: readonly number[];
  readonly arena: number;
  /** What the arena would need if no two values shared memory. */
  readonly unshared: number;
  readonly constants: number;
  readonly scratch: number;
}

interface Span {
  readonly id: ValueId;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** The node whose result `node`'s activation can be applied to at once: its only reader, and not wanted itself. */
function fusedWith(graph: Graph, rules: readonly Rule[], readers: number[][], index: number): number | null {
  const id = graph.nodes[index]!.outputs[0];
  if (rules[index]!.kind !== 'weighted' || id === undefined || graph.outputs.includes(id) || readers[id]!.length !== 1)
    return null;
  const next = readers[id]![0]!;
  return rules[next]!.kind === 'activation' ? next : null;
}

/** From when to when each stored value is needed, in node numbers. `fusedFrom`: which node an activation is computed with. */
function spans(graph: Graph, readers: number[][], fusedFrom: ReadonlyMap<number, number>): Span[] {
  const result: Span[] = [];
  const fused = new Set(fusedFrom.values());
  const wanted = new Set(graph.outputs);
  graph.nodes.forEach((node, index) => {
    const source = fusedFrom.get(index) ?? index;
    for (const id of fused.has(index) ? [] : node.outputs) {
      const last = wanted.has(id) ? graph.nodes.length : (readers[id]!.at(-1) ?? index);
      result.push({ id, bytes: aligned(elements(graph.values[id]!.shape) * 4), first: source, last });
    }
  });
  return result;
}

/** Greedy by size: each value at the lowest offset where no value that lives at the same time is. */
function layOut(all: readonly Span[]): { offsets: Map<ValueId, number>; arena: number } {
  // By offset, so that the first gap that is wide enough ends the search.
  const placed: { span: Span; offset: number }[] = [];
  for (const span of [...all].sort((a, b) => b.bytes - a.bytes || a.id - b.id)) {
    let offset = 0;
    for (const rival of placed) {
      if (rival.span.first > span.last || span.first > rival.span.last) continue;
      if (offset + span.bytes <= rival.offset) break;
      offset = Math.max(offset, rival.offset + rival.span.bytes);
    }
    placed.splice(firstBeyond(placed, offset), 0, { span, offset });
  }
  return {
    offsets: new Map(placed.map(({ span, offset }) => [span.id, offset])),
    arena: placed.reduce((end, { span, offset }) => Math.max(end, offset + span.bytes), 0),
  };
}

/** Where something of this offset goes in a list sorted by it. */
function firstBeyond(placed: readonly { readonly offset: number }[], offset: number): number {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.offset > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Plans a float32 forward pass over a graph; `graph.outputs` stay readable at the end. `order`: see `lowerConvolutionF32`. */
export function plan(graph: Graph, algorithm: ConvolutionAlgorithm = 'winograd'): Plan {
  const readers = consumers(graph);
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  const fusedFrom = new Map<number, number>();
  const nodes: PlannedNode[] = [];
  let constants = 0;
  let scratch = 0;
  graph.nodes.forEach((node, index) => {
    if (rules[index]!.kind === 'input' || fusedFrom.has(index)) return;
    const next = fusedWith(graph, rules, readers, index);
    const shapes = shapesOf(graph, node);
    const fusedLowering =
      next === null
        ? undefined
        : opOf(node).lower?.(node, shapes, rules[next] as Rule & { kind: 'activation' }, algorithm);
    if (fusedLowering !== undefined) fusedFrom.set(next!, index);
    const lowering =
      fusedLowering ?? opOf(node).lower?.(node, shapes, undefined, algorithm) ?? referenceLowering(graph, node);
    nodes.push({ node: index, fused: fusedLowering === undefined ? null : next, lowering, constants });
    constants += aligned(lowering.constants);
    scratch = Math.max(scratch, lowering.scratch);
  });
  const all = spans(graph, readers, fusedFrom);
  const { offsets, arena } = layOut(all);
  return {
    nodes,
    offsets: graph.values.map(({ id }) => offsets.get(id) ?? -1),
    arena,
    unshared: all.reduce((sum, { bytes }) => sum + bytes, 0),
    constants,
    scratch,
  };
}
