import type { AnalysedGraph } from '../analysis/analysed-graph.js';
import { weightRows } from '../analysis/weights.js';
import { type AccumulatorBounds, accumulatorBounds } from '../emulator/accumulator-bounds.js';
import type { LayerCounts } from '../emulator/counters.js';
import { Emulator } from '../emulator/emulator.js';
import { addressOf, type Run } from '../emulator/memory.js';
import { fail } from '../error.js';
import { CODES } from '../fixed/grid.js';
import { unquantizeTensorArray } from '../fixed/index.js';
import { expectFiniteInputs } from '../graph/expect-finite.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { overlayWeights } from '../overlay/overlay-weights.js';
import type { Placement } from '../placement/placement.js';
import type { Entries } from '../placement/wanted-grids.js';
import type { Pause } from '../runtime/pause.js';
import { Runner } from '../runtime/runner.js';
import { gridsOf, type OverlayChoice, overlayOf } from '../scaling/index.js';
import { elements } from '../tensor.js';
import type { ChannelErrors } from './channel-errors.js';
import { type ErrorSum, noError } from './compare-activations.js';
import { type ComparedLayer, comparedLayers } from './compared-layers.js';
import { Comparison } from './comparison.js';
import { LoneLayers } from './lone-layers.js';
import { outputValues } from './output-values.js';
import { isVector, type RankedOutput, rankOutput } from './ranked-outputs.js';

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

/** Results of one value of one image. */
interface ValueErrors {
  readonly accumulated: ErrorSum;
  /** Null where the layer was not run alone. */
  readonly isolated: ErrorSum | null;
  /** Null where it was not measured. */
  readonly channels: ChannelErrors | null;
}

const notCompared: ValueErrors = { accumulated: noError, isolated: null, channels: null };

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
  private readonly comparison: Comparison;
  private readonly outputValues: ReadonlySet<ValueId>;
  /** The compared layers by the node whose output they are. */
  private readonly layersAt: readonly (readonly ComparedLayer[])[];
  /** The nodes that are run alone. */
  private readonly lone: ReadonlySet<number>;

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
    this.layers = comparedLayers(this.placement);
    const byValue = new Map(this.layers.map((layer) => [layer.value, layer]));
    this.layersAt = graph.nodes.map(({ outputs }) => outputs.flatMap((id) => byValue.get(id) ?? []));
    const values = new Set(byValue.keys());
    this.outputValues = new Set(outputValues(this.analysis, (id) => values.has(id)));
    this.lone = new Set(this.layers.filter((layer) => this.runsAlone(layer)).map(({ node }) => node));
    const inputs = this.layers.flatMap(({ node }) => this.analysis.node(node).inputs);
    this.runner = new Runner(engine, graph, 'winograd', [...values, ...inputs]);
    this.comparison = new Comparison(engine);
  }

  /** What was counted so far; nothing where nothing is. */
  get counts(): Counts {
    const { counters } = this.emulator;
    return { layers: counters?.layers ?? new Map(), inputs: counters?.inputs ?? new Map() };
  }

  /**
   * `feeds`: float32 data of the graph's inputs; `image`: its number, for the report; `detail`: whether layers are run
   * alone, and whether their errors are kept per channel too; `pause` comes between layers. Throws `data` for inputs and results that are not finite.
   */
  async verify(
    feeds: readonly Float32Array[],
    image: number,
    detail: VerificationDetail,
    pause: Pause,
  ): Promise<ImageReport> {
    expectFiniteInputs(this.graph, feeds, image);
    const lone = new LoneLayers(this.engine, this.emulator, this.runner);
    const errors = new Map<ValueId, ValueErrors>();
    const outputs = new Map<ValueId, RankedOutput>();
    this.runner.feed(feeds);
    const after = (index: number, run: Run): void => {
      this.runner.runNode(index);
      if (isAlone(detail) && this.lone.has(index)) lone.run(index, run);
      for (const layer of this.layersAt[index] ?? []) {
        if (detail === 'outputs' && !this.outputValues.has(layer.value)) continue;
        errors.set(layer.value, this.errorsOf(layer, run, lone.result(layer.value), { image, detail }));
      }
      for (const id of this.analysis.node(index).outputs) if (this.isRanked(id)) outputs.set(id, this.ranked(id, run));
      lone.free(index);
    };
    await this.emulator.runInTurns(feeds, after, pause);
    const results = this.layers.map(({ value }) => errors.get(value) ?? notCompared);
    return {
      isolated: isAlone(detail) ? results.map(({ isolated }) => isolated) : [],
      channels: detail === 'channels' ? results.map(({ channels }) => channels) : [],
      accumulated: results.map(({ accumulated }) => accumulated),
      outputs: this.graph.outputs.filter((id) => this.isRanked(id)).map((id) => computed(outputs, id)),
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

  private runsAlone({ node, placement }: ComparedLayer): boolean {
    return placement.kind === 'codes' && this.analysis.node(node).inputs.length > 0;
  }

  /** The errors of a value. `alone`: the address of its codes by the layer alone; 0: those of `run`. */
  private errorsOf(layer: ComparedLayer, run: Run, alone: number, { image, detail }: Asked): ValueErrors {
    const { value: id, placement } = layer;
    const { shape, layout } = this.analysis.value(id);
    const value = { float: this.runner.addressOf(id), fixed: addressOf(run, id), placement, shape, layout };
    const [accumulated = noError, isolated = accumulated] = this.comparison.errors(value, alone, image);
    for (const { signal, power } of [accumulated, isolated])
      if (!Number.isFinite(signal + power)) this.notFinite(id, image);
    const isInput = this.graph.inputs.includes(id);
    if (isInput && detail === 'channels' && placement.kind === 'codes')
      return { accumulated, isolated: null, channels: this.comparison.channels(value, placement.grid) };
    if (!isAlone(detail) || !this.runsAlone(layer)) return { ...notCompared, accumulated };
    if (detail !== 'channels' || placement.kind === 'float') return { ...notCompared, accumulated, isolated };
    const codes = alone === 0 ? value : { ...value, fixed: alone };
    return { accumulated, isolated, channels: this.comparison.channels(codes, placement.grid) };
  }

  private isRanked(id: ValueId): boolean {
    return this.graph.outputs.includes(id) && isVector(this.analysis.value(id).shape);
  }

  private ranked(id: ValueId, run: Run): RankedOutput {
    const placement = this.placement.value(id);
    const count = elements(this.analysis.value(id).shape);
    const { heap } = this.engine;
    const [float, address] = [heap.f32(this.runner.addressOf(id), count), addressOf(run, id)];
    if (placement.kind === 'float') return rankOutput(id, float, heap.f32(address, count));
    const { threshold, bits } = placement.grid;
    return rankOutput(id, float, unquantizeTensorArray(threshold, bits, heap[CODES[bits].element](address, count)));
  }

  /** There is no ratio of a value that is not finite, in float or on the overlay. */
  private notFinite(id: ValueId, image: number): never {
    const writer = this.graph.nodes.find(({ outputs }) => outputs.includes(id));
    const where = writer === undefined ? `value "${this.analysis.value(id).blob}"` : describe(writer);
    const float = this.engine.heap.f32(this.runner.addressOf(id), elements(this.analysis.value(id).shape));
    const side = float.every(Number.isFinite) ? 'on the overlay' : 'in float32';
    return fail(
      'data',
      where,
      `expected finite activations, got NaN or infinity ${side} for image ${image + 1}.`,
      'Check the preprocessing flags and the weights.',
    );
  }
}

/** The image that is verified, and what is asked of it. */
interface Asked {
  readonly image: number;
  readonly detail: VerificationDetail;
}

const isAlone = (detail: VerificationDetail): boolean => detail === 'alone' || detail === 'channels';

function computed<T>(values: ReadonlyMap<ValueId, T>, id: ValueId): T {
  return values.get(id) ?? fail('internal', 'verifier', `expected value ${id} to be computed, got none.`);
}
