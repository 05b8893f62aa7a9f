import { weightRows } from '../analysis/weights.js';
import { fail, placed } from '../error.js';
import { avgPool } from '../fixed/index.js';
import { consumers, describe, type Graph, type GraphNode, producers, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { lowerJoinCodes, lowerMaxCodes } from '../kernels/elementwise.js';
import type { Engine } from '../kernels/engine.js';
import { type Epilogue, lowerEpilogue, type OutputShape, type SumType } from '../kernels/epilogue.js';
import { type OverlayEnd, overlayEpilogue } from '../kernels/overlay-epilogue.js';
import { opOf } from '../ops/index.js';
import type { Accumulation, Rule } from '../ops/op.js';
import { type Entries, entryOf, type Form, formsOf, wantedGrid } from '../placement/placement.js';
import { decompose, limitsOf, multipliersOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { channelAxis, type Tensor, type TypedArray } from '../tensor.js';
import { Counters } from './counters.js';
import { EmulationMemory, type Run } from './memory.js';
import { codeName, type Operand, Operands } from './operands.js';
import { overlayWeights } from './overlay-weights.js';
import { type ActivationRule, activationEnd, eltwiseEnd, weightedEnd } from './requantization.js';

/** A value of an emulated run: codes (Int8Array or Int16Array) with their grid, or float32 of the host. */
export interface EmulatedValue {
  readonly form: Form;
  readonly tensor: Tensor<TypedArray>;
}

type Action = (run: Run) => void;
/** Bytes of an accumulator or of a code in its place. */
const SUM_BYTES: Readonly<Record<SumType, number>> = { i32: 4, f64: 8, i8: 1, i16: 2 };
/**
 * The overlay, bit for bit (OVERLAY.md): runs a network with the entries of a scaling file entirely in integers
 * from the quantized input to the last overlay layer, and its host layers in float32. Weights are packed and
 * multipliers laid out once; then any number of images. Throws `data` where an entry is missing or does not fit.
 */
export class Emulator {
  /** Of every value, by its id. */
  readonly forms: readonly Form[];
  readonly counters: Counters | null;
  private readonly rules: readonly Rule[];
  private readonly readers: number[][];
  private readonly writers: Int32Array;
  private readonly outputs: ReadonlySet<ValueId>;
  private readonly actions: Action[] = [];
  private readonly memory: EmulationMemory;
  private readonly operands: Operands;

  constructor(
    engine: Engine,
    private readonly graph: Graph,
    private readonly entries: Entries,
    private readonly overlay: Overlay,
    options: { count?: boolean } = {},
  ) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
    this.readers = consumers(graph);
    this.writers = producers(graph);
    this.outputs = new Set(graph.outputs);
    this.forms = formsOf(graph, this.rules, entries);
    this.counters = options.count === true ? new Counters() : null;
    this.memory = new EmulationMemory(engine, graph, this.forms);
    this.operands = new Operands(this.memory, overlay, wantedGrid(graph, this.rules, entries));
    graph.nodes.forEach((node, index) => this.actions.push(this.compile(node, index)));
  }

  /** One image. `feeds`: float32 data of the graph's inputs. `visit` sees each value of `wanted` as it is computed; its tensor is a copy. */
  run(
    feeds: readonly Float32Array[],
    wanted: ReadonlySet<ValueId>,
    visit: (id: ValueId, value: EmulatedValue) => void,
  ): void {
    const { memory } = this;
    const run: Run = { at: [], temporary: [] };
    const remaining = this.graph.values.map(({ id }) => this.readers[id]!.length);
    this.graph.inputs.forEach((id, index) => this.feed(run, id, feeds[index]!));
    this.graph.nodes.forEach((node, index) => {
      this.actions[index]!(run);
      memory.freeTemporary(run);
      node.outputs
        .filter((id) => wanted.has(id))
        .forEach((id) => visit(id, { form: this.forms[id]!, tensor: memory.copy(run, id) }));
      node.inputs.forEach((id) => remaining[id]!--);
      for (const id of new Set([...node.inputs, ...node.outputs])) {
        if (remaining[id] === 0) memory.release(run, id);
      }
    });
  }

  /** Whether a run computes a value: not before its activation, unless somebody else reads it or it is an output. */
  isComputed(id: ValueId): boolean {
    const { kind } = this.rules[this.writers[id]!]!;
    return (kind !== 'weighted' && kind !== 'eltwise') || this.forms[id]!.kind === 'float' || this.isNeeded(id);
  }

  /**
   * One node alone, with the activations that are computed with it; nothing is counted. `inputs`: elements of its inputs in
   * their {@link forms}: codes, or float32. Results by value.
   */
  runNode(index: number, inputs: readonly TypedArray[]): Map<ValueId, EmulatedValue> {
    const { memory } = this;
    const node = this.graph.nodes[index]!;
    const run: Run = { at: [], temporary: [] };
    node.inputs.forEach((id, i) => {
      if (run.at[id] === undefined) memory.place(run, id);
      memory.view(id, run.at[id]!).data.set(inputs[i]!);
    });
    if (this.counters !== null) this.counters.paused = true;
    this.actions[index]!(run);
    if (this.counters !== null) this.counters.paused = false;
    const given = new Set(node.inputs);
    const written = Object.keys(run.at)
      .map(Number)
      .filter((id) => !given.has(id));
    const results = new Map(written.map((id) => [id, { form: this.forms[id]!, tensor: memory.copy(run, id) }]));
    memory.freeTemporary(run);
    for (const id of [...given, ...written]) memory.release(run, id);
    return results;
  }

  /** Gives the memory back. */
  free(): void {
    this.memory.freeOwned();
  }

  /** An input as its form is: quantized where an overlay layer reads it. */
  private feed(run: Run, id: ValueId, data: Float32Array): void {
    const { heap } = this.memory.engine;
    const form = this.forms[id]!;
    const raw = heap.alloc(data.byteLength);
    heap.f32(raw, data.length).set(data);
    if (form.kind === 'float') {
      run.at[id] = raw;
      return;
    }
    this.operands.quantizeTensor(raw, this.memory.place(run, id), data.length, form.th, form.bw);
    this.counters?.countInput(this.graph.values[id]!.blob, heap.f32(raw, data.length), form.th);
    heap.free(raw);
  }

  private compile(node: GraphNode, index: number): Action {
    try {
      return this.actionOf(node, index);
    } catch (error) {
      throw placed(error, () => describe(node));
    }
  }

  private actionOf(node: GraphNode, index: number): Action {
    const rule = this.rules[index]!;
    const entry = entryOf(this.graph, index, rule, this.entries);
    const onHost = this.forms[node.outputs[0]!]!.kind === 'float';
    if (rule.kind === 'input') return () => undefined;
    if (rule.kind === 'weighted' && entry !== undefined) return this.weighted(node, rule, entry);
    if (onHost || rule.kind === 'weighted' || rule.kind === 'host') return this.host(node, rule.kind === 'shape');
    switch (rule.kind) {
      case 'eltwise':
        return this.eltwise(node, rule, entry!);
      case 'activation':
        return this.activation(node, rule);
      case 'pool':
        return rule.operation === 'max' ? this.maxPool(node) : this.averagePool(node, rule, entry);
      case 'concat':
        return this.concat(node);
      case 'shape':
        return this.move(
          node,
          node.inputs.map((id) => (run: Run) => run.at[id]!),
        );
      case 'lrn':
        return this.host(node, false);
    }
  }

  /** Activations that read this value: computed with it, from its accumulator. */
  private activationsOf(id: ValueId): { id: ValueId; rule: ActivationRule }[] {
    return this.readers[id]!.flatMap((index) => {
      const rule = this.rules[index]!;
      return rule.kind === 'activation' ? [{ id: this.graph.nodes[index]!.outputs[0]!, rule }] : [];
    });
  }

  /** Whether somebody needs the value before its activation. */
  private isNeeded(id: ValueId): boolean {
    const readers = this.readers[id]!;
    return (
      this.outputs.has(id) || readers.length === 0 || readers.some((index) => this.rules[index]!.kind !== 'activation')
    );
  }

  /** Channels, pixels and layout of a value; flat: one channel of everything. */
  private shapeOf(id: ValueId, channels: number): OutputShape {
    const { shape, layout } = this.graph.values[id]!;
    return {
      channels,
      pixels: this.memory.size(id) / channels,
      layout: shape.length < 3 || channels === 1 ? 'NCHW' : layout,
    };
  }

  /** What becomes of a layer's sums: the value itself where somebody needs it, and the activations that read it. */
  private targetsOf(
    id: ValueId,
    channels: number,
    endOf: (activation: ActivationRule | null) => OverlayEnd,
  ): { id: ValueId; end: Epilogue }[] {
    const plain = this.isNeeded(id) ? [{ id, rule: null }] : [];
    return [...plain, ...this.activationsOf(id)].map((target) => ({
      id: target.id,
      end: overlayEpilogue(this.shapeOf(target.id, channels), endOf(target.rule)),
    }));
  }

  /** Sums into codes; the first target's clips are counted. */
  private finish(
    name: string,
    type: SumType,
    targets: readonly { id: ValueId; end: Epilogue }[],
  ): (run: Run, sums: number) => void {
    const applied = targets.map(({ id, end }, order) => {
      if (this.counters !== null && order === 0) return { id, apply: this.counted(name, id, type, end) };
      const lowered = this.memory.prepared(lowerEpilogue(end, type));
      return { id, apply: (sums: number, to: number) => lowered([sums], [to]) };
    });
    return (run, sums) => applied.forEach(({ id, apply }) => apply(sums, this.memory.place(run, id)));
  }

  /** One channel after the other, with its clips and whether any code is not 0. */
  private counted(name: string, id: ValueId, type: SumType, end: Epilogue): (sums: number, to: number) => void {
    const { heap } = this.memory.engine;
    const { channels, pixels, layout } = end.shape;
    const constants = this.memory.own(end.constants);
    const seen = this.memory.own(12);
    end.prepare(this.memory.engine, constants);
    return (sums, to) => {
      for (let channel = 0; channel < channels; channel++) {
        heap.i32(seen, 3).fill(0);
        end.apply(
          this.memory.engine,
          { address: sums + channel * pixels * SUM_BYTES[type], stride: pixels, type },
          { channel, channels: 1, pixel: 0, pixels },
          [to, seen],
          constants,
        );
        const [prescale, output, beyond] = heap.i32(seen, 3) as unknown as [number, number, number];
        const alive = anyCode(
          this.memory.view(id, to).data,
          layout === 'NCHW' ? channel * pixels : channel,
          pixels,
          layout === 'NCHW' ? 1 : channels,
        );
        this.counters!.countRow(name, channels, channel, { prescale, output, beyond }, alive, pixels);
      }
    };
  }

  private weighted(node: GraphNode, rule: Rule & { kind: 'weighted' }, entry: ScalingEntry): Action {
    const shapes = shapesOf(this.graph, node);
    const thParams = entry.th_params ?? [];
    const channels = rule.channels;
    if (thParams.length !== channels || entry.scale.length !== channels)
      fail(
        'data',
        describe(node),
        `expected an entry of ${channels} channels, got ${entry.scale.length}.`,
        'Use the file that was made for this network.',
      );
    const [bwIn, bwParams] = [entry.bw_layer_in, entry.bw_params ?? 8];
    const accumulation =
      opOf(node).accumulate?.(node, shapes, overlayWeights(weightRows(node), thParams, bwParams), {
        input: bwIn,
        params: bwParams,
      }) ?? fail('internal', describe(node), 'a weighted operator has no accumulation.');
    const input = this.operands.codes(node.inputs[0]!, entry.th_layer_in, bwIn);
    const multipliers = multipliersOf({
      ...entry,
      bw_params: bwParams,
      th_params: thParams,
      form: rule.form,
      channels,
      area: 1,
    });
    const targets = this.targetsOf(node.outputs[0]!, channels, (activation) =>
      weightedEnd(entry, rule.form, multipliers, node.params[1]?.data, this.overlay, activation),
    );
    return this.accumulated(node, accumulation, input, targets);
  }

  /** Strip by strip into the one target where the operator offers it and nothing is counted; else through stored sums. */
  private accumulated(
    node: GraphNode,
    { lowering, type, fuse }: Accumulation,
    input: Operand,
    targets: readonly { id: ValueId; end: Epilogue }[],
  ): Action {
    const [target] = targets;
    if (fuse !== undefined && this.counters === null && targets.length === 1) {
      const fused = this.memory.prepared(fuse(target!.end));
      return (run) => {
        const from = input(run);
        fused([from], [this.memory.place(run, target!.id)]);
      };
    }
    const sums = this.memory.prepared(lowering);
    const finish = this.finish(node.name, type, targets);
    const bytes = this.memory.size(node.outputs[0]!) * SUM_BYTES[type];
    return (run) => {
      const at = this.memory.temporary(run, bytes);
      sums([input(run)], [at]);
      finish(run, at);
    };
  }

  /** Operands on the entry's grid, coefficients multiplied into their rescaling; sum (or largest), then the entry's triple. */
  private eltwise(node: GraphNode, rule: Rule & { kind: 'eltwise' }, entry: ScalingEntry): Action {
    const { bw_layer_in: bw, th_layer_in: th } = entry;
    const id = node.outputs[0]!;
    const count = this.memory.size(id);
    const operands = node.inputs.map((input, i) =>
      this.operands.weighed(input, th, bw, Math.abs(rule.coefficients[i] ?? 1)),
    );
    const isSum = rule.operation === 'sum';
    const type: SumType = isSum ? 'i32' : codeName(bw);
    const signs = node.inputs.map((_, i) => ((rule.coefficients[i] ?? 1) < 0 ? -1 : 1));
    const join = this.memory.prepared(isSum ? lowerJoinCodes(count, signs, bw) : lowerMaxCodes(count, bw));
    const channels = this.channelsOver(
      node,
      this.activationsOf(id).map((activation) => activation.rule),
    );
    const multiplier = multipliersOf({
      ...entry,
      bw_params: 8,
      th_params: [],
      form: 'Eltwise',
      channels: 1,
      area: 1,
    })[0]!;
    const finish = this.finish(
      node.name,
      type,
      this.targetsOf(id, channels, (activation) => eltwiseEnd(entry, multiplier, this.overlay, activation)),
    );
    return (run) => {
      const at = this.memory.temporary(run, count * SUM_BYTES[type]);
      join(
        operands.map((operand) => operand(run)),
        [at],
      );
      finish(run, at);
    };
  }

  /** Channels an epilogue over elements in place must tell apart: 1, or those of a slope per channel. */
  private channelsOver(node: GraphNode, activations: readonly ActivationRule[]): number {
    const channels = activations.reduce((most, { slopes }) => Math.max(most, slopes.length), 1);
    const { shape, layout } = this.graph.values[node.outputs[0]!]!;
    if (channels > 1 && shape.length > 2 && layout === 'NHWC') {
      fail(
        'unsupported',
        describe(node),
        'a PReLU with a slope per channel where there is no accumulator per channel, and channels come last, cannot be emulated.',
      );
    }
    return channels;
  }

  /** After a weighted layer or an Eltwise it was computed there, from the accumulator. */
  private activation(node: GraphNode, rule: Rule & { kind: 'activation' }): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const writer = this.graph.nodes.findIndex(({ outputs }) => outputs.includes(input));
    const kind = this.rules[writer]!.kind;
    if ((kind === 'weighted' || kind === 'eltwise') && this.forms[input]!.kind === 'codes') return () => undefined;
    const { th, bw } = this.forms[output]! as Form & { kind: 'codes' };
    const codes = this.operands.codes(input, th, bw);
    const end = overlayEpilogue(
      this.shapeOf(output, this.channelsOver(node, [rule])),
      activationEnd(rule, th, bw, this.overlay),
    );
    const apply = this.memory.prepared(lowerEpilogue(end, codeName(bw)));
    return (run) => {
      const from = codes(run);
      apply([from], [this.memory.place(run, output)]);
    };
  }

  private maxPool(node: GraphNode): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const { th, bw } = this.forms[output]! as Form & { kind: 'codes' };
    const pool = this.memory.prepared(opOf(node).lowerCodes!(node, shapesOf(this.graph, node), bw));
    const codes = this.operands.codes(input, th, bw);
    return (run) => {
      const from = codes(run);
      pool([from], [this.memory.place(run, output)]);
    };
  }

  /** Window sums, then `avgPool` with the entry's factor and shift, or 1 / area decomposed by the average pooling row. */
  private averagePool(node: GraphNode, rule: Rule & { kind: 'pool' }, entry: ScalingEntry | undefined): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const form = this.forms[output]! as Form & { kind: 'codes' };
    const [thIn, bwIn] = entry === undefined ? [form.th, form.bw] : [entry.th_layer_in, entry.bw_layer_in];
    const sums = this.memory.prepared(opOf(node).lowerSums!(node, shapesOf(this.graph, node), bwIn));
    const codes = this.operands.codes(input, thIn, bwIn);
    const own = decompose(Math.fround(1 / rule.area), limitsOf('AveragePooling', bwIn, this.overlay));
    const count = this.memory.size(output);
    const { shape, layout } = this.graph.values[output]!;
    const axis = channelAxis(shape.length, layout);
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    return (run) => {
      const from = codes(run);
      const at = this.memory.temporary(run, count * 4);
      sums([from], [at]);
      const to = this.memory.place(run, output);
      const totals = this.memory.engine.heap.i32(at, count);
      const { data } = this.memory.view(output, to);
      for (let i = 0; i < count; i++) {
        const c = entry === undefined || entry.scale.length === 1 ? 0 : Math.floor(i / inner) % shape[axis]!;
        data[i] =
          entry === undefined
            ? avgPool(totals[i]!, own.scale, own.postscale_shift, form.bw)
            : avgPool(totals[i]!, entry.scale[c]!, entry.postscale_shift[c]!, form.bw);
      }
    };
  }

  private concat(node: GraphNode): Action {
    const { th, bw } = this.forms[node.outputs[0]!]! as Form & { kind: 'codes' };
    return this.move(
      node,
      node.inputs.map((id) => this.operands.codes(id, th, bw)),
    );
  }

  /** The node's reference on elements as they are. Operands have the form of the first output. */
  private move(node: GraphNode, operands: readonly Operand[]): Action {
    return (run) => {
      const places = operands.map((operand) => operand(run));
      const outputs = node.outputs.map((id) => this.memory.place(run, id));
      const form = this.forms[node.outputs[0]!]!;
      opOf(node).reference(
        node,
        places.map((at, i) => this.memory.view(node.inputs[i]!, at, form)),
        outputs.map((at, i) => this.memory.view(node.outputs[i]!, at)),
        shapesOf(this.graph, node).layout,
      );
    };
  }

  private host(node: GraphNode, moves: boolean): Action {
    const lowering = moves ? undefined : opOf(node).lower?.(node, shapesOf(this.graph, node));
    const operands = node.inputs.map((id) => this.operands.floats(id));
    if (lowering === undefined) return this.move(node, operands);
    const kernel = this.memory.prepared(lowering);
    return (run) => {
      const places = operands.map((operand) => operand(run));
      kernel(
        places,
        node.outputs.map((id) => this.memory.place(run, id)),
      );
    };
  }
}

/** Whether any of `count` codes from `first` on, `step` apart, is not 0. */
function anyCode(codes: TypedArray, first: number, count: number, step: number): boolean {
  for (let i = 0; i < count; i++) if (codes[first + i * step] !== 0) return true;
  return false;
}
