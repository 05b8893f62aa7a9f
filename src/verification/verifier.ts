import { weightRows } from '../analysis/weights.js';
import { type AccumulatorBounds, accumulatorBounds } from '../emulator/accumulator-bounds.js';
import type { LayerCounts } from '../emulator/counters.js';
import { type EmulatedValue, Emulator } from '../emulator/emulator.js';
import { overlayWeights } from '../emulator/overlay-weights.js';
import { gridStep } from '../fixed/grid.js';
import { quantizeTensorArray, unquantizeTensorArray } from '../fixed/index.js';
import { largestCode, roundHalfEven } from '../fixed/rounding.js';
import { type Graph, producers, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { Engine } from '../kernels/engine.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import type { Entries, Form } from '../placement/placement.js';
import { Runner } from '../runtime/runner.js';
import type { Overlay } from '../scaling/index.js';
import { elements, type Tensor, type TypedArray } from '../tensor.js';
import { type ErrorSum, measureError } from './compare-activations.js';

/** One value the overlay (or the host after it) computes, and what computes it. */
export interface ComparedLayer {
  readonly value: ValueId;
  /** Index of the node that computes it: the accumulating layer where an activation is computed with it. */
  readonly node: number;
  /** That node's name, and the activation's behind it, if the value is one's. */
  readonly name: string;
  readonly activation: string | null;
  readonly form: Form;
}

/** A compared layer with what is known of it before any image. */
export interface DescribedLayer extends ComparedLayer {
  /** Threshold and width of its entry's input, else of its first input; null where that has none. */
  readonly thIn: number | null;
  readonly bwIn: number | null;
  /** What its sums can reach; null where it has no weights on the overlay. */
  readonly bounds: AccumulatorBounds | null;
}

/** The five best classes of one output vector, best first, by float and by the overlay; equal scores in ascending order. */
export interface RankedOutput {
  readonly value: ValueId;
  readonly classes: number;
  readonly float: readonly number[];
  readonly fixed: readonly number[];
  /** Whether the float scores are probabilities: at least 0, and 1 in sum. */
  readonly isDistribution: boolean;
}

/** What one image shows; lists in the order of {@link Verifier.layers}. */
export interface ImageReport {
  /** The layer alone on float inputs rounded to their grids; null where the host computes it, or for the input itself. */
  readonly isolated: readonly (ErrorSum | null)[];
  /** As deployed. */
  readonly accumulated: readonly ErrorSum[];
  readonly outputs: readonly RankedOutput[];
}

/** Everything the emulator counted, as plain data. */
export interface Counts {
  readonly layers: ReadonlyMap<string, LayerCounts>;
  readonly inputs: ReadonlyMap<string, { clipped: number; values: number }>;
}

/** Runs images in float32 and on the emulated overlay side by side. One per engine; `graph` as it is calibrated. */
export class Verifier {
  readonly layers: readonly ComparedLayer[];
  private readonly rules: readonly Rule[];
  private readonly writers: Int32Array;
  private readonly emulator: Emulator;
  private readonly runner: Runner;
  private readonly values = new CodeValues();

  constructor(
    engine: Engine,
    private readonly graph: Graph,
    private readonly entries: Entries,
    overlay: Overlay,
  ) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
    this.writers = producers(graph);
    this.emulator = new Emulator(engine, graph, entries, overlay, { count: true });
    this.layers = graph.nodes.flatMap((node, index) => this.layersOf(node.outputs, index));
    const floats = new Set([
      ...graph.outputs,
      ...this.layers.flatMap(({ value, node }) => [value, ...graph.nodes[node]!.inputs]),
    ]);
    this.runner = new Runner(engine, { ...graph, outputs: [...floats] });
  }

  get counts(): Counts {
    const { layers, inputs } = this.emulator.counters!;
    return { layers, inputs };
  }

  /** `feeds`: float32 data of the graph's inputs; `image`: its number, for the report. */
  verify(feeds: readonly Float32Array[], image: number): ImageReport {
    const floats = this.runner.run(feeds);
    const outputs = new Set(this.graph.outputs);
    const fixed = new Map<ValueId, Float32Array>();
    const accumulated = new Map<ValueId, ErrorSum>();
    this.emulator.run(feeds, new Set([...outputs, ...this.layers.map(({ value }) => value)]), (id, value) => {
      const data = this.values.floats(value);
      accumulated.set(id, measureError(floats.get(id)!.data, data, image));
      if (outputs.has(id)) fixed.set(id, data);
    });
    return {
      isolated: this.layers.map((layer) => this.isolated(layer, floats, image)),
      accumulated: this.layers.map(({ value }) => accumulated.get(value)!),
      outputs: this.graph.outputs
        .filter((id) => this.isVector(id))
        .map((id) => rank(id, floats.get(id)!.data, fixed.get(id)!)),
    };
  }

  /** {@link layers} with what follows from the file and the weights alone. */
  describe(): DescribedLayer[] {
    return this.layers.map((layer) => {
      const node = this.graph.nodes[layer.node]!;
      const entry = this.entries.get(node.name);
      const input = node.inputs[0] === undefined ? undefined : this.emulator.forms[node.inputs[0]];
      const grid = entry === undefined ? input : { th: entry.th_layer_in, bw: entry.bw_layer_in };
      return {
        ...layer,
        thIn: grid?.th ?? null,
        bwIn: grid?.th == null ? null : grid.bw,
        bounds: this.bounds(layer.node),
      };
    });
  }

  private bounds(index: number): AccumulatorBounds | null {
    const node = this.graph.nodes[index]!;
    const entry = this.entries.get(node.name);
    const rule = this.rules[index]!;
    if (rule.kind !== 'weighted' || entry?.th_params === undefined) return null;
    return accumulatorBounds(
      overlayWeights(weightRows(node), entry.th_params, entry.bw_params ?? 8),
      rule.channels,
      entry.bw_layer_in,
    );
  }

  private layersOf(outputs: readonly ValueId[], index: number): ComparedLayer[] {
    const { kind } = this.rules[index]!;
    if (kind === 'shape') return [];
    return outputs
      .filter((id) => this.emulator.isComputed(id))
      .map((value) => {
        const [node, activation] = this.computedBy(index);
        return { value, node, name: this.graph.nodes[node]!.name, activation, form: this.emulator.forms[value]! };
      });
  }

  /** An activation of codes is computed by the layer that accumulates them. */
  private computedBy(index: number): [number, string | null] {
    const node = this.graph.nodes[index]!;
    if (this.rules[index]!.kind !== 'activation') return [index, null];
    const input = node.inputs[0]!;
    const writer = this.writers[input]!;
    const { kind } = this.rules[writer]!;
    const joint = (kind === 'weighted' || kind === 'eltwise') && this.emulator.forms[input]!.kind === 'codes';
    return joint ? [writer, node.name] : [index, null];
  }

  private isolated(
    { value, node: index, form }: ComparedLayer,
    floats: ReadonlyMap<ValueId, Tensor>,
    image: number,
  ): ErrorSum | null {
    const node = this.graph.nodes[index]!;
    if (form.kind === 'float' || node.inputs.length === 0) return null;
    const inputs = node.inputs.map((id) => this.onGrid(id, floats.get(id)!.data));
    return measureError(
      floats.get(value)!.data,
      this.values.floats(this.emulator.runNode(index, inputs).get(value)!),
      image,
    );
  }

  /** Float activations as the layer would get them: the network input as deployed, others rounded to the nearest code. */
  private onGrid(id: ValueId, data: Float32Array): TypedArray {
    const form = this.emulator.forms[id]!;
    if (form.kind === 'float') return data;
    return this.graph.inputs.includes(id)
      ? quantizeTensorArray(form.th, form.bw, data)
      : nearestCodes(data, form.th, form.bw);
  }

  private isVector(id: ValueId): boolean {
    const { shape } = this.graph.values[id]!;
    const size = elements(shape);
    return size >= 2 && shape.includes(size);
  }
}

function nearestCodes(data: Float32Array, th: number, bw: number): TypedArray {
  const [step, m] = [gridStep(th, bw), largestCode(bw)];
  const codes = bw === 8 ? new Int8Array(data.length) : new Int16Array(data.length);
  if (step === 0) return codes;
  for (let i = 0; i < data.length; i++) codes[i] = Math.max(-m, Math.min(m, roundHalfEven(data[i]! / step)));
  return codes;
}

/** Codes in the unit of the activations, looked up: each grid's values are computed once. */
class CodeValues {
  private readonly tables = new Map<string, Float32Array>();

  /** `unquantizeTensor` of each code; floats as they are. */
  floats({ form, tensor }: EmulatedValue): Float32Array {
    if (form.kind === 'float') return tensor.data as Float32Array;
    const table = this.table(form.th, form.bw);
    const { data } = tensor;
    const floats = new Float32Array(data.length);
    const zero = table.length / 2;
    for (let i = 0; i < data.length; i++) floats[i] = table[data[i]! + zero]!;
    return floats;
  }

  private table(th: number, bw: number): Float32Array {
    const known = this.tables.get(`${th} ${bw}`);
    if (known !== undefined) return known;
    const codes = Int32Array.from({ length: 2 ** bw }, (_, i) => i - 2 ** (bw - 1));
    const table = unquantizeTensorArray(th, bw, codes);
    this.tables.set(`${th} ${bw}`, table);
    return table;
  }
}

const PROBABILITY_SLACK = 1e-3;

function rank(value: ValueId, float: Float32Array, fixed: Float32Array): RankedOutput {
  const sum = float.reduce((total, score) => total + score, 0);
  const isDistribution = Math.abs(sum - 1) < PROBABILITY_SLACK && float.every((score) => score >= 0);
  return { value, classes: float.length, float: best(float), fixed: best(fixed), isDistribution };
}

function best(scores: Float32Array): number[] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return order.slice(0, 5);
}
