import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { appendTo } from '../append-to.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { ConvolutionAlgorithm } from '../kernels/convolution.js';
import { aligned, type Lowering, withoutLargeConstants } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import { elements } from '../tensor.js';
import { referenceLowering } from './reference-lowering.js';

/** One step of a plan: a node, and the activation that is applied with it at once. */
export interface PlannedNode {
  readonly node: number;
  readonly fused: number | null;
  readonly lowering: Lowering;
}

/** A float32 forward pass, laid out before anything is allocated. Offsets and sizes are bytes. */
export interface Plan {
  readonly nodes: readonly PlannedNode[];
  /** Offset of each value in the arena; -1 for values that are never stored (fused away). */
  readonly offsets: readonly number[];
  readonly arena: number;
  /** What the arena would need if no two values shared memory. */
  readonly unshared: number;
  /** Packed constants of all nodes. */
  readonly constants: number;
  /** Scratch of the node that needs most. */
  readonly scratch: number;
}

/** From when to when a stored value is needed, in node numbers. */
interface Lifetime {
  readonly id: ValueId;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** The activation that a weighted node may apply at once: the only reader of its result, which is no output of the graph. */
function fusable(analysed: AnalysedGraph, index: number, wanted: ReadonlySet<ValueId>): number | null {
  if (analysed.rule(index).kind !== 'weighted' || wanted.has(analysed.output(index))) return null;
  return analysed.soleActivation(index);
}

/** The lowering of a node, with the activation that follows it where the op takes that in. */
function planNode(
  analysed: AnalysedGraph,
  index: number,
  wanted: ReadonlySet<ValueId>,
  algorithm: ConvolutionAlgorithm,
): PlannedNode {
  const [node, shapes] = [analysed.node(index), analysed.shapesOf(index)];
  const op = opOf(node);
  const next = fusable(analysed, index, wanted);
  const activation = next === null ? undefined : analysed.rule(next);
  const fused = activation?.kind === 'activation' ? op.lower?.(node, shapes, activation, algorithm) : undefined;
  if (fused !== undefined) return { node: index, fused: next, lowering: withoutLargeConstants(fused) };
  const lowering = op.lower?.(node, shapes, undefined, algorithm) ?? referenceLowering(analysed.graph, node);
  return { node: index, fused: null, lowering: withoutLargeConstants(lowering) };
}

/** The nodes that run, in network order; activations that were taken in are no step of their own. */
function planNodes(
  analysed: AnalysedGraph,
  algorithm: ConvolutionAlgorithm,
  wanted: ReadonlySet<ValueId>,
): PlannedNode[] {
  const planned: PlannedNode[] = [];
  const taken = new Set<number | null>();
  for (const [index, { kind }] of analysed.rules.entries()) {
    if (kind === 'input' || taken.has(index)) continue;
    const step = planNode(analysed, index, wanted, algorithm);
    taken.add(step.fused);
    planned.push(step);
  }
  return planned;
}

/** The lifetime of every stored value. An activation that was taken in is written by the node that took it. */
function lifetimesOf(analysed: AnalysedGraph, planned: readonly PlannedNode[]): Lifetime[] {
  const { graph } = analysed;
  const writer = new Map(planned.flatMap(({ node, fused }) => (fused === null ? [] : [[fused, node] as const])));
  const taking = new Set(writer.values());
  const wanted = new Set(graph.outputs);
  const lifetimes: Lifetime[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    for (const id of taking.has(index) ? [] : node.outputs) {
      const last = wanted.has(id) ? graph.nodes.length : (analysed.readersOf(id).at(-1) ?? index);
      const bytes = aligned(elements(analysed.value(id).shape) * 4);
      lifetimes.push({ id, bytes, first: writer.get(index) ?? index, last });
    }
  }
  return lifetimes;
}

/** A value in its place. */
interface Placed {
  readonly lifetime: Lifetime;
  readonly offset: number;
}

/** So many steps the calendar may take; networks of a thousand layers take a quarter. */
const MOST_STEPS = 2 ** 22;

/** Where values are, and the bytes that they take together. */
interface Layout {
  readonly offsets: Map<ValueId, number>;
  arena: number;
}

/**
 * Greedy by size: each value at the lowest offset where no value that lives at the same time is. Where a graph has too many
 * values that live at the same time, the smallest are laid out by size alone, which takes linear time.
 */
function layOut(all: readonly Lifetime[]): Layout {
  const offsets = new Map<ValueId, number>();
  const calendar = new Calendar();
  let arena = 0;
  const bySize = [...all].sort((a, b) => b.bytes - a.bytes || a.id - b.id);
  for (const [index, lifetime] of bySize.entries()) {
    if (calendar.steps > MOST_STEPS) return layOutRest(bySize.slice(index), { offsets, arena });
    let offset = 0;
    // By offset, so that the first gap that is wide enough ends the search.
    for (const rival of calendar.during(lifetime)) {
      if (offset + lifetime.bytes <= rival.offset) break;
      offset = Math.max(offset, rival.offset + rival.lifetime.bytes);
    }
    calendar.add({ lifetime, offset });
    offsets.set(lifetime.id, offset);
    arena = Math.max(arena, offset + lifetime.bytes);
  }
  return { offsets, arena };
}

/** Behind a layout: each value in a place of its size whose value lives no more, or in a new one. */
function layOutRest(rest: readonly Lifetime[], layout: Layout): Layout {
  const { offsets } = layout;
  const free = new Map<number, number[]>();
  const ending = [...rest].sort((a, b) => a.last - b.last).values();
  let next = ending.next().value;
  for (const { id, bytes, first } of [...rest].sort((a, b) => a.first - b.first)) {
    for (; next !== undefined && next.last < first; next = ending.next().value)
      appendTo(free, next.bytes, offsets.get(next.id) ?? 0);
    const offset = free.get(bytes)?.pop() ?? layout.arena;
    offsets.set(id, offset);
    layout.arena = Math.max(layout.arena, offset + bytes);
  }
  return layout;
}

/** Nodes of one page of a {@link Calendar}. */
const PAGE = 32;

/** The placed values by the time when they live, so that a value is compared with its contemporaries alone. */
class Calendar {
  /** Pages and values that were looked at. */
  steps = 0;
  /** Those that live at some time of a page. */
  private readonly living = new Map<number, Placed[]>();
  /** Those whose life begins in a page. */
  private readonly beginning = new Map<number, Placed[]>();

  add(placed: Placed): void {
    const [start, ...others] = pagesOf(placed.lifetime);
    if (start === undefined) return;
    appendTo(this.beginning, start, placed);
    for (const page of [start, ...others]) appendTo(this.living, page, placed);
    this.steps += others.length;
  }

  /** The values that live at the same time, by offset. */
  during(lifetime: Lifetime): Placed[] {
    const [start, ...others] = pagesOf(lifetime);
    const before = start === undefined ? [] : (this.living.get(start) ?? []);
    const candidates = [before, ...others.map((page) => this.beginning.get(page) ?? [])].flat();
    this.steps += candidates.length + others.length;
    return candidates
      .filter((rival) => rival.lifetime.first <= lifetime.last && lifetime.first <= rival.lifetime.last)
      .sort((a, b) => a.offset - b.offset);
  }
}

function pagesOf({ first, last }: Lifetime): number[] {
  const start = Math.floor(first / PAGE);
  return Array.from({ length: Math.floor(last / PAGE) - start + 1 }, (_, index) => start + index);
}

/** The lowerings of a graph's nodes, each for itself: a forward pass that keeps its values elsewhere runs one at a time. */
export function lowerings(graph: Graph): Lowering[] {
  return planNodes(analyse(graph), 'winograd', new Set(graph.outputs)).map(({ lowering }) => lowering);
}

/**
 * Plans a float32 forward pass over a graph; `graph.outputs` stay readable at the end, those of `stored` until their last
 * reader has run.
 */
export function plan(graph: Graph, algorithm: ConvolutionAlgorithm = 'winograd', stored: Iterable<ValueId> = []): Plan {
  const analysed = analyse(graph);
  const nodes = planNodes(analysed, algorithm, new Set([...graph.outputs, ...stored]));
  const lifetimes = lifetimesOf(analysed, nodes);
  const { offsets, arena } = layOut(lifetimes);
  return {
    nodes,
    offsets: graph.values.map(({ id }) => offsets.get(id) ?? -1),
    arena,
    unshared: lifetimes.reduce((sum, { bytes }) => sum + bytes, 0),
    constants: nodes.reduce((sum, { lowering }) => sum + aligned(lowering.constants), 0),
    scratch: nodes.reduce((most, { lowering }) => Math.max(most, lowering.scratch), 0),
  };
}
