import { fail } from '../error.js';
import { describe, type Graph, type GraphNode, graphValue, inputOf, outputOf, type ValueId } from '../graph/graph.js';
import { opOf } from '../ops/index.js';
import type { Affine } from '../ops/op.js';
import { channelAxis } from '../tensor.js';
import { FoldableGraph } from './foldable-graph.js';
import { rewrite } from './rewrite.js';

/** The result for one chain of affine nodes (batch norm, scale, bias), for `inspect`. */
export interface FoldedChain {
  /** Names of the nodes of the chain, in order. */
  readonly nodes: readonly string[];
  /** The node that absorbed it, or null where it runs as a per-channel Scale under its last node's name. */
  readonly into: string | null;
}

/**
 * Folds batch norms (with the Scale behind them) and the constant adds and multiplies of TensorFlow graphs into
 * a weighted neighbour, in double and rounded once to float32. A chain that no neighbour can absorb becomes one
 * per-channel Scale. Values in `keep` stay as they are. Throws `data` where a map is not finite.
 * Source: docs/spec/quantizer.md, section 4, "BatchNorm".
 */
export function foldAffine(
  graph: Graph,
  keep: ReadonlySet<ValueId> = new Set(),
): { graph: Graph; chains: readonly FoldedChain[] } {
  const foldable = new FoldableGraph(graph, keep);
  const chains: FoldedChain[] = [];
  for (const start of graph.nodes.keys()) {
    const chain = foldFrom(graph, foldable, start);
    if (chain !== undefined) chains.push(chain);
  }
  return chains.length === 0 ? { graph, chains } : { graph: rewrite(graph, foldable.nodes), chains };
}

/** Neighbouring affine nodes, and the one map they compute together. */
interface Chain {
  readonly links: readonly [Link, ...Link[]];
  readonly affine: Affine;
}

/** A node and its index. */
interface Link {
  readonly index: number;
  readonly node: GraphNode;
}

/** Folds the longest chain that begins at an index, if one does. */
function foldFrom(graph: Graph, foldable: FoldableGraph, start: number): FoldedChain | undefined {
  const candidates = chainsFrom(foldable, start);
  const [longest] = candidates;
  if (longest === undefined) return undefined;
  const { chain, absorber } = firstAbsorbed(foldable, candidates) ?? { chain: longest, absorber: undefined };
  const result = absorber ?? { index: lastOf(chain).index, node: asScale(graph, chain) };
  if (absorber !== undefined) foldable.remove(absorber.index);
  for (const { index } of chain.links) foldable.remove(index);
  foldable.put(result.index, result.node);
  return { nodes: chain.links.map(({ node }) => node.name), into: absorber?.node.name ?? null };
}

/** The affine nodes from an index on, each the only reader of the one before: the whole chain first, then its beginnings. */
function chainsFrom(foldable: FoldableGraph, start: number): Chain[] {
  const first = linkAt(foldable, start);
  const affine = first && affineOf(foldable, first.node);
  if (first === undefined || affine?.alone !== true) return [];
  const found: Chain[] = [];
  for (let next: Chain | undefined = { links: [first], affine }; next !== undefined; next = extended(foldable, next))
    found.unshift(next);
  return found;
}

/** Chains of more nodes are folded in parts, so that the effort grows linearly. */
const LONGEST_CHAIN = 64;

/** The chain with the affine node behind it, undefined if there is none. A chain holds one batch norm and one Caffe Scale at most. */
function extended(foldable: FoldableGraph, { links, affine }: Chain): Chain | undefined {
  const next = linkAt(foldable, foldable.soleReader(outputOf(lastOf({ links }).node)));
  const more = next && affineOf(foldable, next.node);
  if (next === undefined || more === undefined) return undefined;
  if (links.length === LONGEST_CHAIN) return undefined;
  if (more.once === true && links.some(({ node }) => node.op === next.node.op)) return undefined;
  return { links: [...links, next], affine: compose(affine, more) };
}

function linkAt(foldable: FoldableGraph, index: number | undefined): Link | undefined {
  const node = foldable.node(index);
  return node === undefined || index === undefined ? undefined : { index, node };
}

/** A node as an affine map; none where it runs on the host by wish. Throws `data` where that is not finite: once folded, the error would name the neighbour. */
function affineOf(foldable: FoldableGraph, node: GraphNode): Affine | undefined {
  if (node.float === true) return undefined;
  const affine = opOf(node).toAffine?.(node, foldable.shapesOf(node));
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

/** `second(first(x))`, in double. Both have the same number of channels. */
function compose(first: Affine, second: Affine): Affine {
  const scale = second.scale.map((factor, c) => factor * (first.scale[c] ?? NaN));
  const shift = second.shift.map((offset, c) => (first.shift[c] ?? NaN) * (second.scale[c] ?? NaN) + offset);
  return { scale, shift, alone: true };
}

/** The longest of the chains that the node before can absorb, or else the node after. */
function firstAbsorbed(
  foldable: FoldableGraph,
  chains: readonly Chain[],
): { chain: Chain; absorber: Link } | undefined {
  for (const absorb of [absorbBefore, absorbAfter]) {
    for (const chain of chains) {
      const absorber = absorb(foldable, chain);
      if (absorber !== undefined) return { chain, absorber };
    }
  }
  return undefined;
}

/** The node before a chain with the chain absorbed; undefined if it cannot. */
function absorbBefore(foldable: FoldableGraph, chain: Chain): Link | undefined {
  const input = inputOf(chain.links[0].node);
  const before = linkAt(foldable, foldable.writer(input));
  if (before === undefined || foldable.soleReader(input) === undefined) return undefined;
  const { index, node } = before;
  const absorbed = opOf(node).absorbAffine?.(node, chain.affine, 'output', foldable.shapesOf(node));
  return absorbed && { index, node: { ...absorbed, outputs: [outputOf(lastOf(chain).node)] } };
}

/** The node after a chain with the chain absorbed, where that is exact; undefined if it cannot. */
function absorbAfter(foldable: FoldableGraph, chain: Chain): Link | undefined {
  const after = linkAt(foldable, foldable.soleReader(outputOf(lastOf(chain).node)));
  if (after === undefined) return undefined;
  const { index, node } = after;
  const absorbed = opOf(node).absorbAffine?.(node, chain.affine, 'input', foldable.shapesOf(node));
  return absorbed && { index, node: { ...absorbed, inputs: [inputOf(chain.links[0].node)] } };
}

/** A chain as one per-channel Scale layer, under the name of its last node. */
function asScale(graph: Graph, chain: Chain): GraphNode {
  const { affine } = chain;
  const last = lastOf(chain).node;
  const value = graphValue(graph, outputOf(last));
  const shape = [affine.scale.length];
  return {
    ...last,
    op: 'scale',
    attrs: { axis: channelAxis(value.shape.length, value.layout), bias: true },
    inputs: chain.links[0].node.inputs,
    params: [
      { shape, data: Float32Array.from(affine.scale) },
      { shape, data: Float32Array.from(affine.shift) },
    ],
  };
}

function lastOf({ links }: Pick<Chain, 'links'>): Link {
  return links.at(-1) ?? links[0];
}
