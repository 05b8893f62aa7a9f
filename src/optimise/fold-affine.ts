import { fail } from '../error.js';
import { consumers, describe, producers, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
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

/** A node as an affine map. Throws `data` where that is not finite: folded, it would spoil its neighbour's weights under the neighbour's name. */
function affineOf(graph: Graph, node: GraphNode): Affine | undefined {
  const affine = opOf(node).toAffine?.(node, shapesOf(graph, node));
  for (const list of affine === undefined ? [] : [affine.scale, affine.shift]) {
    const channel = list.findIndex((value) => !Number.isFinite(value));
    if (channel >= 0) fail('data', describe(node), `expected a finite factor and offset for every channel, got ${list[channel]} for channel ${channel}.`, 'Check the weight file: a value may be NaN, or a variance negative.');
  }
  return affine;
}

/** Neighbouring affine nodes, and the one map they are. */
interface Chain {
  readonly nodes: readonly GraphNode[];
  readonly affine: Affine;
}

/** The affine nodes that follow `start`, each the only reader of the one before; none of the inner values is kept. The whole chain first, then its beginnings. */
function chainsFrom(graph: Graph, start: GraphNode, readers: number[][], keep: ReadonlySet<ValueId>): Chain[] {
  let affine = affineOf(graph, start);
  if (affine === undefined || !affine.alone) return [];
  const nodes = [start];
  const found: Chain[] = [{ nodes: [start], affine }];
  for (;;) {
    const id = nodes[nodes.length - 1]!.outputs[0]!;
    if (keep.has(id) || readers[id]!.length !== 1) break;
    const next = graph.nodes[readers[id]![0]!]!;
    const more = affineOf(graph, next);
    if (more === undefined || (more.once === true && nodes.some(({ op }) => op === next.op))) break;
    affine = compose(affine, more);
    nodes.push(next);
    found.unshift({ nodes: [...nodes], affine });
  }
  return found;
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
    params: [{ shape, data: Float32Array.from(affine.scale) }, { shape, data: Float32Array.from(affine.shift) }],
  };
}

/** A node, and what it became when it took a chain in. */
interface Absorbed {
  readonly old: GraphNode;
  readonly node: GraphNode;
}

/** The chain taken in by the node before it; undefined if it cannot. */
function absorbBefore(graph: Graph, { nodes, affine }: Chain, readers: number[][], writers: Int32Array, keep: ReadonlySet<ValueId>): Absorbed | undefined {
  const input = nodes[0]!.inputs[0]!;
  const before = graph.nodes[writers[input]!];
  if (before === undefined || readers[input]!.length !== 1 || keep.has(input)) return undefined;
  const node = opOf(before).absorbAffine?.(before, affine, 'output', shapesOf(graph, before));
  return node && { old: before, node: { ...node, outputs: [nodes[nodes.length - 1]!.outputs[0]!] } };
}

/** The chain taken in by the node after it, where that is exact; undefined if it cannot. */
function absorbAfter(graph: Graph, { nodes, affine }: Chain, readers: number[][], keep: ReadonlySet<ValueId>): Absorbed | undefined {
  const output = nodes[nodes.length - 1]!.outputs[0]!;
  const after = graph.nodes[readers[output]![0] ?? -1];
  if (after === undefined || readers[output]!.length !== 1 || keep.has(output)) return undefined;
  const node = opOf(after).absorbAffine?.(after, affine, 'input', shapesOf(graph, after));
  return node && { old: after, node: { ...node, inputs: [nodes[0]!.inputs[0]!] } };
}

/** The longest of the chains that the node before takes in, or else the one after. */
function firstAbsorbed(graph: Graph, chains: readonly Chain[], readers: number[][], keep: ReadonlySet<ValueId>): { chain: Chain; absorbed: Absorbed } | undefined {
  const writers = producers(graph);
  const ways = [(chain: Chain) => absorbBefore(graph, chain, readers, writers, keep), (chain: Chain) => absorbAfter(graph, chain, readers, keep)];
  for (const absorb of ways) {
    for (const chain of chains) {
      const absorbed = absorb(chain);
      if (absorbed !== undefined) return { chain, absorbed };
    }
  }
  return undefined;
}

/**
 * Folds batch norms (with the Scale behind them) and the constant adds and multiplies of TensorFlow graphs into
 * a weighted neighbour, in double and rounded once to float32; what cannot be folded becomes one per-channel
 * Scale. Values in `keep` are asked for and stay as they are. Source: QUANTIZER.md, section 4, "BatchNorm".
 */
export function foldAffine(graph: Graph, keep: ReadonlySet<ValueId> = new Set()): { graph: Graph; chains: readonly FoldedChain[] } {
  const chains: FoldedChain[] = [];
  let current = graph;
  for (let index = 0; index < current.nodes.length; index++) {
    const readers = consumers(current);
    const candidates = chainsFrom(current, current.nodes[index]!, readers, keep);
    if (candidates.length === 0) continue;
    const { chain, absorbed } = firstAbsorbed(current, candidates, readers, keep) ?? { chain: candidates[0]!, absorbed: undefined };
    const gone = new Set(chain.nodes);
    const scale = absorbed === undefined ? asScale(current, chain.nodes, chain.affine) : undefined;
    const nodes = current.nodes.flatMap((node) => {
      if (node === absorbed?.old) return [absorbed.node];
      if (node === chain.nodes[chain.nodes.length - 1] && scale !== undefined) return [scale];
      return gone.has(node) ? [] : [node];
    });
    chains.push({ nodes: chain.nodes.map((node) => node.name), into: absorbed?.node.name ?? null });
    const removed = current.nodes.length - nodes.length;
    current = rewrite(current, nodes);
    index = Math.max(index - removed, -1);
  }
  return { graph: current, chains };
}
