import { fail } from '../error.js';
import type { Graph, GraphNode } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf, ruleOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { dropUnused, type FoldedChain, optimise } from '../optimise/index.js';
import { keepingFiles } from '../platform/index.js';
import type { InspectedLayer, Inspection, MemoryPlan } from '../report/inspection.js';
import { plan } from '../runtime/plan.js';
import type { JobHooks } from './hooks.js';
import { refuseUnknownFlags } from './known-flags.js';
import { type InspectedNetwork, inspectNetwork, NETWORK_FLAGS, type NetworkFlags } from './network.js';

/**
 * Inspects a network, with weights or without: layers, costs, what quantization does with them, the memory plan of one
 * image. Layers that cannot be run are listed. Throws `usage`, `file`, `format`, `model`.
 *
 * @function
 */
export const inspect = keepingFiles(inspectJob);

async function inspectJob(flags: NetworkFlags, hooks: JobHooks = {}): Promise<Inspection> {
  refuseUnknownFlags('inspect', flags, NETWORK_FLAGS);
  return inspectionOf(await inspectNetwork(flags, hooks));
}

/** {@link inspect} of a network that was read. */
export function inspectionOf({
  graph: whole,
  framework,
  unsupported,
  dropped,
  warnings,
}: InspectedNetwork): Inspection {
  const graph = dropUnused(whole);
  const { graph: optimised, chains } = optimise(graph);
  const result = { graph: optimised, nodes: byName(optimised), chains: byNode(chains) };
  const layers = graph.nodes.map((node) => inspectNode(graph, node, result));
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
    memory: memoryPlan(optimised),
  };
}

function memoryPlan(graph: Graph): MemoryPlan {
  const { nodes: _nodes, offsets, ...memory } = plan(graph);
  const named = graph.values.map(({ id, blob, version }): [string, number] => [
    version === 0 ? blob : `${blob}@${version}`,
    offsets[id] ?? -1,
  ]);
  return { ...memory, offsets: Object.fromEntries(named.filter(([, offset]) => offset >= 0)) };
}

/** An optimised graph, its nodes by name, and the chains that nodes were folded in. */
interface Optimised {
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly chains: ReadonlyMap<string, FoldedChain>;
}

/** The nodes by name; of several of one name the first. */
const byName = ({ nodes }: Graph): Map<string, GraphNode> =>
  new Map([...nodes].reverse().map((node) => [node.name, node]));

const byNode = (chains: readonly FoldedChain[]): Map<string, FoldedChain> =>
  new Map([...chains].reverse().flatMap((chain) => chain.nodes.map((name) => [name, chain] as const)));

function inspectNode(graph: Graph, node: GraphNode, optimised: Optimised): InspectedLayer {
  const shapes = shapesOf(graph, node);
  return {
    name: node.name,
    type: node.type,
    output: shapes.outputs,
    parameters: node.params.reduce((sum, { data }) => sum + data.length, 0),
    macs: opOf(node).macs?.(node, shapes) ?? 0,
    quantization: quantizationOf(node, optimised),
  };
}

/** The words for each kind of rule but weighted layers. A site is a place where a threshold is measured. */
const RULES: Readonly<Record<Exclude<Rule['kind'], 'weighted'>, string>> = {
  input: 'site',
  activation: 'site',
  concat: 'site',
  eltwise: 'site',
  pool: 'codes pass',
  shape: 'codes pass',
  lrn: 'threshold passes',
  host: 'host (float)',
};

function quantizationOf(node: GraphNode, { graph, nodes, chains }: Optimised): string {
  const kept = nodes.get(node.name);
  const chain = chains.get(node.name);
  if (chain !== undefined && chain.into !== null) return `folded into ${chain.into}`;
  if (chain !== undefined && kept === undefined) return `runs in ${lastOf(chain)}`;
  if (kept === undefined) return 'dropped';
  const rule = ruleOf(kept, shapesOf(graph, kept));
  if (rule.kind === 'weighted') return rule.entry === 'always' ? 'weights, site' : 'weights, site (no entry)';
  return RULES[rule.kind];
}

function lastOf({ nodes }: FoldedChain): string {
  return nodes.at(-1) ?? fail('internal', 'inspect', 'expected a chain of at least one layer, got none.');
}
