import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { weightRows } from '../analysis/weights.js';
import { type AccumulatorBounds, accumulatorBounds } from '../emulator/accumulator-bounds.js';
import type { LayerCounts } from '../emulator/counters.js';
import { Emulator } from '../emulator/emulator.js';
import { fail } from '../error.js';
import { quantizeTensorArray } from '../fixed/index.js';
import { expectFiniteInputs } from '../graph/expect-finite.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { overlayWeights } from '../overlay/overlay-weights.js';
import type { Placement, ValuePlacement } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import { Runner } from '../runtime/runner.js';
import { gridsOf, type OverlayChoice, overlayOf } from '../scaling/index.js';
import type { Tensor, TypedArray } from '../tensor.js';
import { type ChannelErrors, measureChannels } from './channel-errors.js';
import { CodeValues, nearestCodes } from './code-values.js';
import { type ErrorSum, measureError, noError } from './compare-activations.js';
import { outputValues } from './output-values.js';
import { isVector, type RankedOutput, rankOutput } from './ranked-outputs.js';

/** One value the overlay (or the host after it) computes, and the layer that computes it. */
export interface ComparedLayer {
  readonly value: ValueId;
  /** Index of the node that computes it: the accumulating layer where an activation is computed with it. */
  readonly node: number;
  /** That node's name, and the name of the activation behind it if the value is the activation's. */
  readonly name: string;
  readonly activation: string | null;
  readonly placement: ValuePlacement;
}

/** Bounds of a layer's sums, and whether one can be beyond the overlay's accumulator. */
export interface LayerBounds extends AccumulatorBounds {
  readonly canOverflow: boolean;
}

/** A compared layer with what follows from the file and the weights, before any image. */
export interface DescribedLayer extends ComparedLayer {
  /** The threshold of its entry's input, else of its first input; null where that has none. */
  readonly thIn: number | null;
  /** Null where it has no weights on the overlay, or where bounds are not asked for. */
  readonly bounds: LayerBounds | null;
}

/** Results of one image; lists in the order of {@link Verifier.layers}. */
export interface ImageReport {
  /**
   * The layer alone on float inputs rounded to their grids; null where the host computes it, or for the input itself. An
   * empty list where no layer was run alone.
   */
  readonly isolated: readonly (ErrorSum | null)[];
  /** The same per channel, of the network's input too; an empty list where it was not measured. */
  readonly channels: readonly (ChannelErrors | null)[];
  /** As deployed; nothing where only outputs are measured. */
  readonly accumulated: readonly ErrorSum[];
  readonly outputs: readonly RankedOutput[];
}

/**
 * What is measured of an image: `outputs` only the values at the network's outputs, `deployed` every layer, `alone` also each
 * layer by itself, `channels` also its errors per channel.
 */
export type VerificationDetail = 'outputs' | 'deployed' | 'alone' | 'channels';

/** Results of a layer that was run alone. */
interface AloneResult {
  readonly value: ValueId;
  readonly float: Tensor;
  readonly fixed: Float32Array;
}

/** Everything the emulator counted, as plain data. */
export interface Counts {
  readonly layers: ReadonlyMap<string, LayerCounts>;
  readonly inputs: ReadonlyMap<string, { clipped: number; values: number }>;
}

/**
 * Runs images in float32 and on the emulated overlay side by side. One per engine; `graph` as it is calibrated. `counts`:
 * whether clips, overflows and dead channels are counted, which takes the emulation longer.
 */
export class Verifier {
  readonly layers: readonly ComparedLayer[];
  private readonly placement: Placement;
  private readonly analysis: AnalysedGraph;
  private readonly emulator: Emulator;
  private readonly runner: Runner;
  private readonly outputValues: ReadonlySet<ValueId>;
  private readonly values = new CodeValues();

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    private readonly entries: Entries,
    private readonly overlay: OverlayChoice,
    counts: boolean,
  ) {
    this.emulator = new Emulator(engine, graph, entries, overlay, { count: counts });
    this.placement = this.emulator.placement;
    this.analysis = this.placement.analysis;
    this.layers = graph.nodes.flatMap((node, index) => this.layersOf(node.outputs, index));
    const values = new Set(this.layers.map(({ value }) => value));
    this.outputValues = new Set(outputValues(this.analysis, (id) => values.has(id)));
    const floats = new Set([
      ...graph.outputs,
      ...this.layers.flatMap(({ value, node }) => [value, ...this.analysis.node(node).inputs]),
    ]);
    this.runner = new Runner(engine, { ...graph, outputs: [...floats] });
  }

  /** What was counted so far; nothing where nothing is. */
  get counts(): Counts {
    const { counters } = this.emulator;
    return { layers: counters?.layers ?? new Map(), inputs: counters?.inputs ?? new Map() };
  }

  /**
   * `feeds`: float32 data of the graph's inputs; `image`: its number, for the report; `detail`: whether layers are run
   * alone, and whether their errors are kept per channel too. Throws `data` for inputs and results that are not finite.
   */
  verify(feeds: readonly Float32Array[], image: number, detail: VerificationDetail): ImageReport {
    expectFiniteInputs(this.graph, feeds, image);
    const floats = this.runner.run(feeds);
    const outputs = new Set(this.graph.outputs);
    const compared = detail === 'outputs' ? this.outputValues : new Set(this.layers.map(({ value }) => value));
    const fixed = new Map<ValueId, Float32Array>();
    const inputs = new Map<ValueId, ChannelErrors>();
    const accumulated = new Map<ValueId, ErrorSum>();
    this.emulator.run(feeds, new Set([...outputs, ...compared]), (id, value) => {
      const data = this.values.floats(value);
      if (compared.has(id)) accumulated.set(id, this.measured(id, computed(floats, id).data, data, image));
      if (outputs.has(id)) fixed.set(id, data);
      if (detail === 'channels' && this.graph.inputs.includes(id))
        inputs.set(id, this.channelErrors(id, computed(floats, id).data, data));
    });
    const rounded = new Map<ValueId, TypedArray>();
    const isAlone = detail === 'alone' || detail === 'channels';
    const channelsOf = (result: AloneResult | null | undefined): ChannelErrors | undefined =>
      result == null ? undefined : this.channelErrors(result.value, result.float.data, result.fixed);
    const alone = isAlone ? this.layers.map((layer) => this.alone(layer, floats, rounded)) : [];
    return {
      isolated: alone.map((result) => result && this.measured(result.value, result.float.data, result.fixed, image)),
      channels:
        detail === 'channels'
          ? this.layers.map(({ value }, i) => channelsOf(alone[i]) ?? inputs.get(value) ?? null)
          : [],
      accumulated: this.layers.map(({ value }) => (compared.has(value) ? computed(accumulated, value) : noError)),
      outputs: this.graph.outputs
        .filter((id) => isVector(this.analysis.value(id).shape))
        .map((id) => rankOutput(id, computed(floats, id).data, computed(fixed, id))),
    };
  }

  /** {@link layers} with what follows from the file and, with `bounds`, from the weights. */
  describe(bounds: boolean): DescribedLayer[] {
    return this.layers.map((layer) => ({
      ...layer,
      thIn: this.inputThreshold(layer.node),
      bounds: bounds ? this.bounds(layer.node) : null,
    }));
  }

  private inputThreshold(index: number): number | null {
    const { name, inputs } = this.analysis.node(index);
    const entry = this.entries.get(name);
    if (entry !== undefined) return entry.th_layer_in;
    const [input] = inputs;
    return input === undefined ? null : (this.placement.value(input).grid?.threshold ?? null);
  }

  private bounds(index: number): LayerBounds | null {
    const node = this.analysis.node(index);
    const entry = this.entries.get(node.name);
    const rule = this.analysis.rule(index);
    if (rule.kind !== 'weighted' || entry?.th_params === undefined) return null;
    const { input, params } = gridsOf(entry);
    const bounds = accumulatorBounds(overlayWeights(weightRows(node), params), rule.channels, input.bits);
    const { accumulatorBits } = overlayOf(this.overlay).interLayer[input.bits];
    return { ...bounds, canOverflow: accumulatorBits !== null && bounds.bits > accumulatorBits };
  }

  private layersOf(outputs: readonly ValueId[], index: number): ComparedLayer[] {
    if (this.analysis.rule(index).kind === 'shape') return [];
    const accumulating = this.placement.accumulatingLayer(index);
    const node = accumulating ?? index;
    const activation = accumulating === null ? null : this.analysis.node(index).name;
    const { name } = this.analysis.node(node);
    return outputs
      .filter((id) => this.placement.isComputed(id))
      .map((value) => ({ value, node, name, activation, placement: this.placement.value(value) }));
  }

  private alone(
    { value, node: index, placement }: ComparedLayer,
    floats: ReadonlyMap<ValueId, Tensor>,
    rounded: Map<ValueId, TypedArray>,
  ): AloneResult | null {
    const node = this.analysis.node(index);
    if (placement.kind === 'float' || node.inputs.length === 0) return null;
    const inputs = node.inputs.map((id) => {
      const codes = rounded.get(id) ?? this.roundedInput(id, computed(floats, id).data);
      rounded.set(id, codes);
      return codes;
    });
    const result = computed(this.emulator.runNode(index, inputs), value);
    return { value, float: computed(floats, value), fixed: this.values.floats(result) };
  }

  private channelErrors(value: ValueId, float: Float32Array, fixed: Float32Array): ChannelErrors {
    const { shape, layout } = this.analysis.value(value);
    return measureChannels(float, fixed, shape, layout);
  }

  /** The error of a value. Throws `data` where it is not finite, in float or on the overlay: there is no ratio then. */
  private measured(id: ValueId, float: Float32Array, fixed: Float32Array, image: number): ErrorSum {
    const sum = measureError(float, fixed, image);
    if (!Number.isFinite(sum.signal + sum.power)) this.notFinite(id, float, image);
    return sum;
  }

  private notFinite(id: ValueId, float: Float32Array, image: number): never {
    const writer = this.graph.nodes.find(({ outputs }) => outputs.includes(id));
    const where = writer === undefined ? `value "${this.analysis.value(id).blob}"` : describe(writer);
    const side = float.every(Number.isFinite) ? 'on the overlay' : 'in float32';
    return fail(
      'data',
      where,
      `expected finite activations, got NaN or infinity ${side} for image ${image + 1}.`,
      'Check the preprocessing flags and the weights.',
    );
  }

  /** Float activations as an ideal layer before would give them: the network's input as deployed, others rounded to the nearest code. */
  private roundedInput(id: ValueId, data: Float32Array): TypedArray {
    const placement = this.placement.value(id);
    if (placement.kind === 'float') return data;
    const { threshold, bits } = placement.grid;
    return this.graph.inputs.includes(id)
      ? quantizeTensorArray(threshold, bits, data)
      : nearestCodes(this.engine, data, placement.grid);
  }
}

function computed<T>(values: ReadonlyMap<ValueId, T>, id: ValueId): T {
  return values.get(id) ?? fail('internal', 'verifier', `expected value ${id} to be computed, got none.`);
}
