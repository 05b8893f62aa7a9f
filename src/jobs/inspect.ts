import type { Graph, GraphNode } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import { dropUnused, type FoldedChain, optimise } from '../optimise/index.js';
import { plan } from '../runtime/plan.js';
import { inspectNetwork, type NetworkFlags } from './network.js';

/** One layer as `inspect` shows it. */
export interface InspectedLayer {
  readonly name: string;
  readonly type: string;
  readonly output: readonly (readonly number[])[];
  readonly parameters: number;
  readonly macs: number;
  /** How the walk treats it: a rule's kind, or what it was folded into or dropped as. */
  readonly quantization: string;
}

/** What is known of a network without running it. Sizes are bytes. */
export interface Inspection {
  readonly name: string;
  readonly framework: string;
  readonly layers: readonly InspectedLayer[];
  readonly parameters: number;
  readonly macs: number;
  readonly unsupported: readonly string[];
  readonly dropped: readonly string[];
  readonly warnings: readonly string[];
  readonly folded: readonly FoldedChain[];
  readonly memory: {
    readonly arena: number;
    readonly unshared: number;
    readonly constants: number;
    readonly scratch: number;
    readonly offsets: Readonly<Record<string, number>>;
  };
}

/** Looks at a network, with weights or without. */
export async function inspect(flags: NetworkFlags): Promise<Inspection> {
  const { graph: whole, framework, unsupported, dropped, warnings } = await inspectNetwork(flags);
  const graph = dropUnused(whole);
  const { graph: optimised, chains } = optimise(graph);
  const layers = graph.nodes.map((node) => inspectNode(graph, node, optimised, chains));
  const { nodes: _nodes, offsets, ...memory } = plan(optimised);
  const places = optimised.values
    .filter(({ id }) => offsets[id]! >= 0)
    .map(({ id, blob, version }) => [version === 0 ? blob : `${blob}@${version}`, offsets[id]!]);
  return {
    name: graph.name,
    framework,
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    unsupported,
    dropped,
    warnings,
    folded: chains,
    memory: { ...memory, offsets: Object.fromEntries(places) },
  };
}

function inspectNode(graph: Graph, node: GraphNode, optimised: Graph, chains: readonly FoldedChain[]): InspectedLayer {
  const shapes = shapesOf(graph, node);
  return {
    name: node.name,
    type: node.type,
    output: shapes.outputs,
    parameters: node.params.reduce((sum, { data }) => sum + data.length, 0),
    macs: opOf(node).macs?.(node, shapes) ?? 0,
    quantization: quantizationOf(node, optimised, chains),
  };
}

function quantizationOf(node: GraphNode, optimised: Graph, chains: readonly FoldedChain[]): string {
  const kept = optimised.nodes.find(({ name }) => name === node.name);
  const chain = chains.find(({ nodes }) => nodes.includes(node.name));
  if (chain !== undefined && chain.into !== null) return `folded into ${chain.into}`;
  if (chain !== undefined && kept === undefined) return `runs in ${chain.nodes[chain.nodes.length - 1]}`;
  if (kept === undefined) return 'dropped';
  const rule = opOf(kept).rule(kept, shapesOf(optimised, kept));
  if (rule.kind === 'weighted') return rule.entry === 'always' ? 'weights, site' : 'weights, site (no entry)';
  const sites: Record<string, string> = {
    input: 'site',
    activation: 'site',
    concat: 'site',
    eltwise: 'site',
    pool: 'codes pass',
    shape: 'codes pass',
    lrn: 'threshold passes',
    host: 'host (float)',
  };
  return sites[rule.kind]!;
}
