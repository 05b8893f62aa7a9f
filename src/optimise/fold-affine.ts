import { fail } from '../error.js';
import { consumers, describe, type Graph, type GraphNode, producers, type ValueId } from '../graph/graph.js';
import { type NodeShapes, shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Affine } from '../ops/op.js';
import { channelAxis } from '../tensor.js';
import { rewrite } from './rewrite.js';

/** What became of one chain of affine nodes (batch norm, scale, bias), for `inspect`. */
export interface FoldedChain {
  /** Names of the nodes of the chain, in order. */
  readonly nodes: readonly string[];
  /** The node that took it in, or null when it runs as a per-channel Scale under its last node's name. */
  readonly into: string | null;
}

/** `second(first(x))`, in double. */
function compose(first: Affine, second: Affine): Affine {
  return {
    scale: first.scale.map((scale, c) => scale * second.scale[c]!),
    shift: first.shift.map((shift, c) => shift * second.scale[c]! + second.shift[c]!),
    alone: true,
  };
}

/** The graph while chains are folded: its nodes by their place (null: gone), and who reads and writes each value. */
class Folding {
  readonly nodes: (GraphNode | null)[];
  private readonly readers: number[][];
  private readonly writers: Int32Array;

  constructor(
    private readonly graph: Graph,
    private readonly keep: ReadonlySet<ValueId>,
  ) {
    this.nodes = [...graph.nodes];
    this.readers = consumers(graph);
    this.writers = producers(graph);
  }

  shapesOf(node: GraphNode): NodeShapes {
    return shapesOf(this.graph, node);
  }

  /** The place of the node that reads a value and of nobody else; -1 where there is none, are several or the value is kept. */
  onlyReader(id: ValueId): number {
    const readers = this.readers[id]!;
    return readers.length === 1 && !this.keep.has(id) ? readers[0]! : -1;
  }

  writer(id: ValueId): number {
    return this.writers[id]!;
  }

  remove(place: number): void {
    const old = this.nodes[place]!;
    old.inputs.forEach((id) => this.readers[id]!.splice(this.readers[id]!.indexOf(place), 1));
    old.outputs.forEach((id) => (this.writers[id] = -1));
    this.nodes[place] = null;
  }

  /** Puts a node where none is. */
  put(place: number, node: GraphNode): void {
    this.nodes[place] = node;
    node.inputs.forEach((id) => this.readers[id]!.push(place));
    node.outputs.forEach((id) => (this.writers[id] = place));
  }
}

/** A node as an affine map. Throws `data` where that is not finite: folded, it would spoil its neighbour's weights under the neighbour's name. */
function affineOf(folding: Folding, node: GraphNode): Affine | undefined {
  const affine = opOf(node).toAffine?.(node, folding.shapesOf(node));
  for (const list of affine === undefined ? [] : [affine.scale, affine.shift]) {
    const channel = list.findIndex((value) => !Number.isFinite(value));
    if (channel >= 0)
      fail(
        'data',
        describe(node),
        `expected a finite factor and offset for every channel, got ${list[channel]} for channel ${channel}.`,
        'Check the weight file: a value may be NaN, or a variance negative.',
      );
  }
  return affine;
}

/** Places of neighbouring affine nodes, and the one map they are. */
interface Chain {
  readonly places: readonly number[];
  readonly affine: Affine;
}

/** The affine nodes that follow the one at `start`, each the only reader of the one before. The whole chain first, then its beginnings. */
function chainsFrom(folding: Folding, start: number): Chain[] {
  const first = folding.nodes[start]!;
  let affine = affineOf(folding, first);
  if (affine === undefined || !affine.alone) return [];
  const places = [start];
  const ops = new Set([first.op]);
  const found: Chain[] = [{ places: [start], affine }];
  for (;;) {
    const place = folding.onlyReader(folding.nodes[places.at(-1)!]!.outputs[0]!);
    const next = folding.nodes[place];
    const more = next && affineOf(folding, next);
    if (
      next === undefined ||
      next === null ||
      more === undefined ||
      more === null ||
      (more.once === true && ops.has(next.op))
    )
      break;
    affine = compose(affine, more);
    places.push(place);
    ops.add(next.op);
    found.push({ places: [...places], affine });
  }
  return found.reverse();
}

/** The chain as one per-channel Scale layer, under the name of its last node. */
function asScale(graph: Graph, chain: readonly GraphNode[], affine: Affine): GraphNode {
  const last = chain[chain.length - 1]!;
  const value = graph.values[last.outputs[0]!]!;
  const shape = [affine.scale.length];
  return {
    ...last,
    op: 'scale',
    attrs: { axis: channelAxis(value.shape.length, value.layout), bias: true },
    inputs: chain[0]!.inputs,
    params: [
      { shape, data: Float32Array.from(affine.scale) },
      { shape, data: Float32Array.from(affine.shift) },
    ],
  };
}

/** The place of a node that took a chain in, and what it became. */
interface Absorbed {
  readonly place: number;
  readonly node: GraphNode;
}

/** Values that a chain reads and writes. */
function endsOf(folding: Folding, { places }: Chain): { input: ValueId; output: ValueId } {
  return { input: folding.nodes[places[0]!]!.inputs[0]!, output: folding.nodes[places.at(-1)!]!.outputs[0]! };
}

/** The chain taken in by the node before it; undefined if it cannot. */
function absorbBefore(folding: Folding, chain: Chain): Absorbed | undefined {
  const { input, output } = endsOf(folding, chain);
  const place = folding.writer(input);
  const before = folding.nodes[place];
  if (!before || folding.onlyReader(input) < 0) return undefined;
  const node = opOf(before).absorbAffine?.(before, chain.affine, 'output', folding.shapesOf(before));
  return node && { place, node: { ...node, outputs: [output] } };
}

/** The chain taken in by the node after it, where that is exact; undefined if it cannot. */
function absorbAfter(folding: Folding, chain: Chain): Absorbed | undefined {
  const { input, output } = endsOf(folding, chain);
  const place = folding.onlyReader(output);
  const after = folding.nodes[place];
  if (!after) return undefined;
  const node = opOf(after).absorbAffine?.(after, chain.affine, 'input', folding.shapesOf(after));
  return node && { place, node: { ...node, inputs: [input] } };
}

/** The longest of the chains that the node before takes in, or else the one after. */
function firstAbsorbed(folding: Folding, chains: readonly Chain[]): { chain: Chain; absorbed: Absorbed } | undefined {
  for (const absorb of [absorbBefore, absorbAfter]) {
    for (const chain of chains) {
      const absorbed = absorb(folding, chain);
      if (absorbed !== undefined) return { chain, absorbed };
    }
  }
  return undefined;
}

/** Folds the chain that begins at a place, if one does. */
function fold(graph: Graph, folding: Folding, start: number): FoldedChain | undefined {
  const candidates = chainsFrom(folding, start);
  if (candidates.length === 0) return undefined;
  const { chain, absorbed } = firstAbsorbed(folding, candidates) ?? { chain: candidates[0]!, absorbed: undefined };
  const nodes = chain.places.map((place) => folding.nodes[place]!);
  if (absorbed !== undefined) folding.remove(absorbed.place);
  chain.places.forEach((place) => folding.remove(place));
  folding.put(absorbed?.place ?? chain.places.at(-1)!, absorbed?.node ?? asScale(graph, nodes, chain.affine));
  return { nodes: nodes.map((node) => node.name), into: absorbed?.node.name ?? null };
}

/**
 * Folds batch norms (with the Scale behind them) and the constant adds and multiplies of TensorFlow graphs into
 * a weighted neighbour, in double and rounded once to float32; what cannot be folded becomes one per-channel
 * Scale. Values in `keep` are asked for and stay as they are. Source: QUANTIZER.md, section 4, "BatchNorm".
 */
export function foldAffine(
  graph: Graph,
  keep: ReadonlySet<ValueId> = new Set(),
): { graph: Graph; chains: readonly FoldedChain[] } {
  const folding = new Folding(graph, keep);
  const chains: FoldedChain[] = [];
  for (let place = 0; place < folding.nodes.length; place++) {
    const chain = folding.nodes[place] === null ? undefined : fold(graph, folding, place);
    if (chain !== undefined) chains.push(chain);
  }
  if (chains.length === 0) return { graph, chains };
  return {
    graph: rewrite(
      graph,
      folding.nodes.filter((node) => node !== null),
    ),
    chains,
  };
}
