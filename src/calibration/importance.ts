import type { AnalysedGraph, RuleOf } from '../analysis/analysed-graph.js';
import { weightRows } from '../analysis/weights.js';
import type { ValueId } from '../graph/graph.js';
import { channelLayout } from './executor/channels.js';

/** For each value the importance of an error in each of its channels: at least 0, the largest 1. */
export type Importances = ReadonlyMap<ValueId, Float64Array>;

/**
 * How much an error in a channel matters, relative to other channels of the same value: the squares of the weights that
 * multiply it, each times the importance of the output channel that they add to. Readers of a value count alike. Outputs of
 * the network have channels of importance 1. Source: `docs/spec/quantizer.md`, section 3.10.
 */
export function channelImportances(network: AnalysedGraph): Importances {
  const sums = new Map(network.graph.values.map(({ id }) => [id, new Float64Array(channelsOf(network, id))]));
  for (const id of network.graph.outputs) sums.get(id)?.fill(1);
  const found = new Map<ValueId, Float64Array>();
  const importanceOf = (id: ValueId): Float64Array => {
    const known = found.get(id) ?? normalised(sums.get(id) ?? new Float64Array(1));
    found.set(id, known);
    return known;
  };
  // Backwards, all readers of a value are known when its writer is met.
  for (let index = network.graph.nodes.length - 1; index >= 0; index--) {
    const outputs = network.node(index).outputs.map(importanceOf);
    for (const [operand, id] of network.node(index).inputs.entries()) {
      const sum = sums.get(id);
      if (sum !== undefined) addShares(sum, importanceOfInput(network, index, operand, outputs));
    }
  }
  for (const { id } of network.graph.values) importanceOf(id);
  return found;
}

const channelsOf = (network: AnalysedGraph, id: ValueId): number => channelLayout(network.value(id)).channels;

/** Divided by the largest; all 1 where nothing reads the value. */
function normalised(sums: Float64Array): Float64Array {
  const largest = sums.reduce((most, sum) => Math.max(most, sum), 0);
  return largest > 0 ? sums.map((sum) => sum / largest) : sums.fill(1);
}

/** Adds numbers in proportion, so that they add up to the number of channels. */
function addShares(sums: Float64Array, parts: Float64Array): void {
  const total = parts.reduce((sum, part) => sum + part, 0);
  for (let c = 0; total > 0 && c < sums.length; c++) sums[c]! += (parts[c]! / total) * sums.length;
}

/** The importance of each channel of a node's operand for that node's outputs, in any unit. */
function importanceOfInput(
  network: AnalysedGraph,
  index: number,
  operand: number,
  outputs: readonly Float64Array[],
): Float64Array {
  const { inputs } = network.node(index);
  const rule = network.rule(index);
  const id = inputs[operand] ?? network.input(index);
  const channels = channelsOf(network, id);
  const [output = new Float64Array(1)] = outputs;
  if (rule.kind === 'weighted') return operand === 0 ? ofWeights(network, index, rule, output) : ones(channels);
  if (rule.kind === 'concat') {
    const before = inputs.slice(0, operand).reduce((sum, other) => sum + channelsOf(network, other), 0);
    const all = inputs.reduce((sum, other) => sum + channelsOf(network, other), 0);
    return all === output.length ? output.subarray(before, before + channels) : ones(channels);
  }
  const result = new Float64Array(channels);
  for (const part of outputs) addShares(result, regrouped(part, network, id));
  return result;
}

const ones = (channels: number): Float64Array => new Float64Array(channels).fill(1);

/** The importances of an output's channels for an input of as many channels, or of fewer that were flattened into them. */
function regrouped(output: Float64Array, network: AnalysedGraph, id: ValueId): Float64Array {
  const { channels, pixels, channelStride, pixelStride } = channelLayout(network.value(id));
  if (output.length === channels) return output;
  if (output.length !== channels * pixels) return ones(channels);
  return perChannel(output, { channels, pixels, channelStride, pixelStride });
}

/** Sums elements over the pixels of each channel. */
function perChannel(
  elements: ArrayLike<number>,
  { channels, pixels, channelStride, pixelStride }: ReturnType<typeof channelLayout>,
): Float64Array {
  const sums = new Float64Array(channels);
  for (let c = 0; c < channels; c++)
    for (let p = 0; p < pixels; p++) sums[c]! += elements[c * channelStride + p * pixelStride]!;
  return sums;
}

/** The squares of a layer's weights by input channel, each times the importance of its output channel. */
function ofWeights(
  network: AnalysedGraph,
  index: number,
  { form, channels: outputs }: RuleOf<'weighted'>,
  importance: Float64Array,
): Float64Array {
  const id = network.input(index);
  const layout = channelLayout(network.value(id));
  const rows = weightRows(network.node(index));
  const length = rows.length / outputs;
  const weight = importance.length === outputs ? importance : ones(outputs);
  if (form === 'InnerProduct' && length === layout.channels * layout.pixels)
    return perChannel(squaresByColumn(rows, length, weight), layout);
  const groups = (network.node(index).attrs as { readonly group?: number }).group ?? 1;
  const inputs = form === 'Scale' ? 1 : layout.channels / groups;
  const taps = length / inputs;
  if (layout.channels !== (form === 'Scale' ? outputs : inputs * groups) || !Number.isInteger(taps))
    return ones(layout.channels);
  const result = new Float64Array(layout.channels);
  const outputsOfGroup = form === 'Scale' ? 1 : outputs / groups;
  for (let o = 0; o < outputs; o++) {
    const first = Math.floor(o / outputsOfGroup) * inputs;
    for (let i = 0; i < length; i++) result[first + Math.floor(i / taps)]! += weight[o]! * rows[o * length + i]! ** 2;
  }
  return result;
}

function squaresByColumn(rows: Float32Array, length: number, weight: Float64Array): Float64Array {
  const sums = new Float64Array(length);
  for (let o = 0; o < weight.length; o++)
    for (let i = 0; i < length; i++) sums[i]! += weight[o]! * rows[o * length + i]! ** 2;
  return sums;
}
