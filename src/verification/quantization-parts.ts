import { weightRows } from '../analysis/weights.js';
import { stepOf } from '../fixed/grid.js';
import { quantizeTensorArray } from '../fixed/index.js';
import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { overlayWeights } from '../overlay/overlay-weights.js';
import { type Placement, placementOf } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import { Runner } from '../runtime/runner.js';
import { gridsOf } from '../scaling/index.js';
import { elements } from '../tensor.js';
import { CodeValues, nearestCodes } from './code-values.js';
import { addErrors, type ErrorSum, measureError, noError } from './compare-activations.js';
import { entersOverlay } from './sensitivity/layer-steps.js';

/** How far some values are from float where only a part of a network is rounded to codes, summed over images. */
export interface QuantizationParts {
  readonly weights: readonly ErrorSum[];
  readonly activations: readonly ErrorSum[];
  readonly both: readonly ErrorSum[];
}

/** Values of one run by image and by value. */
type Results = readonly (readonly Float32Array[])[];

/**
 * Runs a network in float32 with its weights on their grids, with its activations on theirs, and with both, everything else
 * exact: no multiplier, no bias of codes, no clamp of the overlay. `graph` as it is calibrated; `measured`: the values that
 * are compared; `feeds`: of each image the float32 data of the graph's inputs.
 */
export function quantizationParts(
  engine: Engine,
  graph: Graph,
  entries: Entries,
  measured: readonly ValueId[],
  feeds: readonly (readonly Float32Array[])[],
): QuantizationParts {
  const placement = placementOf(graph, entries);
  const [float, activations] = runsOf(engine, graph, placement, measured, feeds);
  const [weights, both] = runsOf(engine, withRoundedWeights(graph, placement), placement, measured, feeds);
  const errors = (results: Results): ErrorSum[] =>
    measured.map((_, i) =>
      results.reduce((sum, values, image) => {
        const [exact = new Float32Array(), other = exact] = [float[image]?.[i], values[i]];
        return addErrors(sum, measureError(exact, other, image));
      }, noError),
    );
  return { weights: errors(weights), activations: errors(activations), both: errors(both) };
}

/** A graph's results with its activations as they are, and on their grids. */
function runsOf(
  engine: Engine,
  graph: Graph,
  placement: Placement,
  measured: readonly ValueId[],
  feeds: readonly (readonly Float32Array[])[],
): readonly [Results, Results] {
  const rounded = graph.values.flatMap(({ id }) => (isRounded(placement, id) ? [id] : []));
  const runner = new Runner(engine, { ...graph, outputs: [...new Set([...graph.outputs, ...measured, ...rounded])] });
  const runs = [false, true].map((isRounding) =>
    feeds.map((feed) => runOnce(engine, runner, placement, feed, { isRounding, measured })),
  );
  runner.free();
  return [runs[0] ?? [], runs[1] ?? []];
}

/** Whether the overlay reads a value as codes: what only is the accumulator of its activations it does not. */
function isRounded(placement: Placement, id: ValueId): boolean {
  if (placement.analysis.writerOf(id) < 0) return false;
  return placement.value(id).kind === 'codes' ? placement.isComputed(id) : entersOverlay(placement, id);
}

function runOnce(
  engine: Engine,
  runner: Runner,
  placement: Placement,
  feeds: readonly Float32Array[],
  { isRounding, measured }: { readonly isRounding: boolean; readonly measured: readonly ValueId[] },
): Float32Array[] {
  const { analysis } = placement;
  const values = new CodeValues();
  const view = (id: ValueId): Float32Array => engine.heap.f32(runner.addressOf(id), elements(analysis.value(id).shape));
  runner.feed(feeds);
  for (const [index, { outputs }] of analysis.graph.nodes.entries()) {
    runner.runNode(index);
    if (!isRounding || analysis.rule(index).kind === 'shape') continue;
    for (const id of outputs)
      if (isRounded(placement, id)) view(id).set(onGrid(engine, placement, id, view(id), values));
  }
  return measured.map((id) => view(id).slice());
}

/** A value as its codes stand for it: rounded as the network's input where it comes from the host, else to the nearest code. */
function onGrid(
  engine: Engine,
  placement: Placement,
  id: ValueId,
  data: Float32Array,
  values: CodeValues,
): Float32Array {
  const grid = placement.enteringGrid(id);
  if (grid === undefined) return data;
  const isEntering = placement.value(id).kind === 'float' || placement.analysis.graph.inputs.includes(id);
  const codes = isEntering
    ? quantizeTensorArray(grid.threshold, grid.bits, data)
    : nearestCodes(engine, data.slice(), grid);
  return values.ofCodes(codes, grid);
}

/** The graph with the weights of the overlay's layers as their codes stand for them. */
function withRoundedWeights(graph: Graph, placement: Placement): Graph {
  const { analysis } = placement;
  const nodes = graph.nodes.map((node, index) => {
    const entry = analysis.rule(index).kind === 'weighted' ? placement.entryOf(index) : undefined;
    const [weights, ...others] = node.params;
    if (entry === undefined || weights === undefined || placement.isOnHost(index)) return node;
    const { params } = gridsOf(entry);
    const codes = overlayWeights(weightRows(node), params);
    const k = codes.length / params.length;
    const places = placesOf(node);
    const data = new Float32Array(weights.data.length);
    for (const [channel, grid] of params.entries()) {
      const step = stepOf(grid);
      for (let i = channel * k; i < (channel + 1) * k; i++) data[places?.[i] ?? i] = (codes[i] ?? 0) * step;
    }
    return { ...node, params: [{ ...weights, data }, ...others] };
  });
  return { ...graph, nodes };
}

/** For each weight in the order [output channel][k] its place in the node's parameter; undefined where that is the same. */
function placesOf(node: GraphNode): Float64Array | undefined {
  const [weights] = node.params;
  if (weights === undefined || weightRows(node) === weights.data) return undefined;
  // Float32 holds whole numbers to 2^24: the places are sorted in two halves.
  const half = (of: (place: number) => number): Float32Array => {
    const data = Float32Array.from(weights.data, (_, place) => of(place));
    return weightRows({ ...node, params: [{ ...weights, data }, ...node.params.slice(1)] });
  };
  const [high, low] = [half((place) => Math.floor(place / 65536)), half((place) => place % 65536)];
  return Float64Array.from(high, (part, i) => part * 65536 + (low[i] ?? 0));
}
