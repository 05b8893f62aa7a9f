import { weightThresholds } from '../analysis/weights.js';
import { type Graph, type GraphNode, producers, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import type { LayerCalibration } from '../scaling/index.js';
import { checkFinite } from './check-finite.js';
import type { Field, Ref, Step } from './field.js';
import { lastReaders } from './lifetimes.js';
import { findThresholds, powerOfTwoThreshold } from './threshold.js';
import { trainedThresholds } from './trained-threshold.js';
import type { WalkOptions } from './walk.js';

type Measured = { -readonly [key in keyof LayerCalibration]: LayerCalibration[key] };

/**
 * The reference walk of QUANTIZER.md, section 5: the float graph is run once, nothing is rounded. Each
 * convolution (and inner product) is measured at its input and its raw output; then each Concat's output is
 * searched once, and the result becomes `th_layer_out` of the nearest layer with an entry that a depth-first search
 * backwards from each of its inputs finds. The graph is unfolded: a bias or batch norm of its own comes later.
 */
export async function referenceWalk(graph: Graph, field: Field, options: WalkOptions): Promise<LayerCalibration[]> {
  const rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  const trained = trainedThresholds(graph, rules);
  const last = lastReaders(graph);
  const layers = new Map<number, Measured>();
  const concats: { index: number; th: number }[] = [];
  for (const [index, node] of graph.nodes.entries()) {
    options.onNode?.(node, index, graph.nodes.length);
    const rule = rules[index]!;
    if (isMeasured(rule)) layers.set(index, await before(graph, trained, node, rule, field, options));
    await compute(node, index, rule, field, options);
    const layer = layers.get(index);
    if (layer !== undefined)
      layer.th_layer_out = await search(
        node,
        node.outputs[0]!,
        trained[node.outputs[0]!],
        options.widths.output,
        field,
        options,
      );
    if (rule.kind === 'concat')
      concats.push({
        index,
        th: await search(node, node.outputs[0]!, trained[node.outputs[0]!], options.widths.output, field, options),
      });
    const done = [...new Set([...node.inputs, ...node.outputs])].filter((id) => last[id]! <= index);
    await field.steps([{ do: 'free', values: done.map((id) => ({ id, form: 'raw' })) }]);
  }
  const writers = producers(graph);
  const quantized = new Map(
    [...layers].filter(([, { form }]) => form === 'Convolution' || options.includeInnerProduct === true),
  );
  for (const { index, th } of concats) {
    for (const id of graph.nodes[index]!.inputs) {
      const found = nearestMeasured(graph, writers, quantized, id);
      if (found !== undefined) found.th_layer_out = th;
    }
  }
  return [...layers.values()];
}

const isMeasured = (rule: Rule): rule is Rule & { kind: 'weighted' } =>
  rule.kind === 'weighted' && (rule.form === 'Convolution' || rule.form === 'InnerProduct');

async function before(
  graph: Graph,
  trained: readonly (number | undefined)[],
  node: GraphNode,
  rule: Rule & { kind: 'weighted' },
  field: Field,
  options: WalkOptions,
): Promise<Measured> {
  const { input, params, output } = options.widths;
  const onGrid = (th: number, bw: number): number => (options.powerOfTwo === true ? powerOfTwoThreshold(th, bw) : th);
  return {
    name: node.name,
    form: rule.form,
    bw_layer_in: input,
    bw_params: params,
    bw_layer_out: output,
    th_layer_in: await search(node, node.inputs[0]!, trained[node.inputs[0]!], input, field, options),
    th_layer_out: 0,
    th_params: weightThresholds(node, shapesOf(graph, node)).map((th) => onGrid(th, params)),
    channels: rule.channels,
    area: 1,
  };
}

async function compute(
  node: GraphNode,
  index: number,
  rule: Rule,
  field: Field,
  { imageName }: WalkOptions,
): Promise<void> {
  const inputs: Ref[] = node.inputs.map((id) => ({ id, form: 'raw' }));
  const step: Step =
    rule.kind === 'input' ? { do: 'input', output: node.outputs[0]! } : { do: 'float', node: index, inputs };
  checkFinite(node, (await field.steps([step]))[0]!, imageName);
}

/** `trained`: what a FakeQuant says instead. */
async function search(
  node: GraphNode,
  id: ValueId,
  trained: number | undefined,
  bw: number,
  field: Field,
  options: WalkOptions,
): Promise<number> {
  const refs: Ref[] = [{ id, form: 'raw' }];
  const statistics = checkFinite(node, await field.statistics(refs), options.imageName);
  const th = trained ?? (await findThresholds([{ refs, statistics, bw }], field.histograms))[0]!;
  return options.powerOfTwo === true ? powerOfTwoThreshold(th, bw) : th;
}

/** The first measured layer that a depth-first search backwards from a value meets. */
function nearestMeasured(
  graph: Graph,
  writers: Int32Array,
  layers: ReadonlyMap<number, Measured>,
  id: ValueId,
): Measured | undefined {
  const seen = new Set<number>();
  const open = [id];
  while (open.length > 0) {
    const index = writers[open.pop()!]!;
    if (index < 0 || seen.has(index)) continue;
    seen.add(index);
    const layer = layers.get(index);
    if (layer !== undefined) return layer;
    [...graph.nodes[index]!.inputs].reverse().forEach((input) => open.push(input));
  }
  return undefined;
}
