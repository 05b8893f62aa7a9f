import { weightRows } from '../calibration/weights.js';
import { fail } from '../error.js';
import { avgPool, quantizeWeights } from '../fixed/index.js';
import { codeFactor } from '../fixed/quantize.js';
import { largestCode } from '../fixed/rounding.js';
import { consumers, describe, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { Engine } from '../kernels/engine.js';
import { lowerJoinCodes, lowerMaxCodes } from '../kernels/elementwise.js';
import { lowerEpilogue, type Epilogue, type OutputShape, type SumType } from '../kernels/epilogue.js';
import { overlayEpilogue, type OverlayEnd } from '../kernels/overlay-epilogue.js';
import type { Lowering } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import type { Accumulation, Rule } from '../ops/op.js';
import { decompose, limitsOf, multipliersOf, rescalingMultiplier, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { channelAxis, elements, type Tensor, type TypedArray } from '../tensor.js';
import { Counters } from './counters.js';
import { entryOf, formsOf, type Entries, type Form } from './forms.js';
import { activationEnd, eltwiseEnd, rescalingEnd, weightedEnd, type ActivationRule } from './inter-layer.js';

/** A value of an emulated run: codes (Int8Array or Int16Array) with their grid, or float32 of the host. */
export interface EmulatedValue {
  readonly form: Form;
  readonly tensor: Tensor<TypedArray>;
}

/** Addresses of one image's values, and what to free when the step at hand is over. */
interface Run {
  readonly at: number[];
  readonly temporary: number[];
}

type Action = (run: Run) => void;
type Operand = (run: Run) => number;

const bytesPerCode = (bw: number): number => (bw === 8 ? 1 : 2);
/** Bytes of an accumulator or of a code in its place. */
const SUM_BYTES: Readonly<Record<SumType, number>> = { i32: 4, f64: 8, i8: 1, i16: 2 };
const codeName = (bw: number): 'i8' | 'i16' => (bw === 8 ? 'i8' : 'i16');

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
  private readonly actions: Action[] = [];
  private readonly owned: number[] = [];

  constructor(private readonly engine: Engine, private readonly graph: Graph, private readonly entries: Entries, private readonly overlay: Overlay, options: { count?: boolean } = {}) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
    this.readers = consumers(graph);
    this.forms = formsOf(graph, this.rules, entries);
    this.counters = options.count === true ? new Counters() : null;
    graph.nodes.forEach((node, index) => this.actions.push(this.compile(node, index)));
  }

  /** One image. `feeds`: float32 data of the graph's inputs. `visit` sees each value of `wanted` as it is computed; its tensor is a copy. */
  run(feeds: readonly Float32Array[], wanted: ReadonlySet<ValueId>, visit: (id: ValueId, value: EmulatedValue) => void): void {
    const run: Run = { at: [], temporary: [] };
    const remaining = this.graph.values.map(({ id }) => this.readers[id]!.length);
    this.graph.inputs.forEach((id, index) => (run.at[id] = this.feed(id, feeds[index]!)));
    this.graph.nodes.forEach((node, index) => {
      this.actions[index]!(run);
      run.temporary.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
      node.outputs.filter((id) => wanted.has(id)).forEach((id) => visit(id, { form: this.forms[id]!, tensor: this.copy(id, run) }));
      node.inputs.forEach((id) => remaining[id]!--);
      for (const id of new Set([...node.inputs, ...node.outputs])) {
        if (remaining[id] === 0 && run.at[id] !== undefined) this.release(id, run);
      }
    });
  }

  /** Whether a run computes a value: not before its activation, unless somebody else reads it or it is an output. */
  isComputed(id: ValueId): boolean {
    const writer = this.graph.nodes.findIndex(({ outputs }) => outputs.includes(id));
    const { kind } = this.rules[writer]!;
    return (kind !== 'weighted' && kind !== 'eltwise') || this.forms[id]!.kind === 'float' || this.isNeeded(id);
  }

  /**
   * One node alone, with the activations that are computed with it; nothing is counted. `inputs`: elements of its inputs in
   * their {@link forms}: codes, or float32. Results by value.
   */
  runNode(index: number, inputs: readonly TypedArray[]): Map<ValueId, EmulatedValue> {
    const node = this.graph.nodes[index]!;
    const run: Run = { at: [], temporary: [] };
    node.inputs.forEach((id, i) => {
      if (run.at[id] === undefined) this.place(run, id);
      this.view(id, run.at[id]!).data.set(inputs[i]!);
    });
    if (this.counters !== null) this.counters.paused = true;
    this.actions[index]!(run);
    if (this.counters !== null) this.counters.paused = false;
    const given = new Set(node.inputs);
    const written = this.graph.values.map(({ id }) => id).filter((id) => run.at[id] !== undefined && !given.has(id));
    const results = new Map(written.map((id) => [id, { form: this.forms[id]!, tensor: this.copy(id, run) }]));
    run.temporary.forEach((pointer) => this.engine.heap.free(pointer));
    run.at.forEach((pointer) => this.engine.heap.free(pointer));
    return results;
  }

  /** Gives the memory back. */
  free(): void {
    this.owned.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
  }

  private release(id: ValueId, run: Run): void {
    this.engine.heap.free(run.at[id]!);
    delete run.at[id];
  }

  private size(id: ValueId): number {
    return elements(this.graph.values[id]!.shape);
  }

  private own(bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    this.owned.push(pointer);
    return pointer;
  }

  private temporary(run: Run, bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    run.temporary.push(pointer);
    return pointer;
  }

  private place(run: Run, id: ValueId): number {
    const form = this.forms[id]!;
    return (run.at[id] = this.engine.heap.alloc(this.size(id) * (form.kind === 'float' ? 4 : bytesPerCode(form.bw))));
  }

  private view(id: ValueId, at: number): Tensor<TypedArray> {
    const form = this.forms[id]!;
    const { heap } = this.engine;
    const count = this.size(id);
    const data = form.kind === 'float' ? heap.f32(at, count) : form.bw === 8 ? heap.i8(at, count) : heap.i16(at, count);
    return { shape: this.graph.values[id]!.shape, data };
  }

  private copy(id: ValueId, run: Run): Tensor<TypedArray> {
    const { shape, data } = this.view(id, run.at[id]!);
    return { shape, data: data.slice() };
  }

  private feed(id: ValueId, data: Float32Array): number {
    const { heap } = this.engine;
    const form = this.forms[id]!;
    const raw = heap.alloc(data.byteLength);
    heap.f32(raw, data.length).set(data);
    if (form.kind === 'float') return raw;
    const at = heap.alloc(data.length * bytesPerCode(form.bw));
    this.quantizeTensor(raw, at, data.length, form.th, form.bw);
    this.counters?.countInput(this.graph.values[id]!.blob, heap.f32(raw, data.length), form.th);
    heap.free(raw);
    return at;
  }

  /** OVERLAY.md, `quantizeTensor`, for a whole array; a zero or denormal threshold gives codes of 0. */
  private quantizeTensor(from: number, to: number, count: number, th: number, bw: number): void {
    const factor = codeFactor('quantizeTensor', th, bw);
    const limit = factor === 0 ? 0 : Math.fround(th);
    this.engine.kernels[bw === 8 ? 'quantize_tensor_i8' : 'quantize_tensor_i16'](from, to, count, limit, factor);
  }

  /** A value as codes on a grid: as it is, rescaled, or a host value quantized as the network input is. */
  private codes(id: ValueId, th: number, bw: number): Operand {
    const form = this.forms[id]!;
    const count = this.size(id);
    if (form.kind === 'codes') return form.th === th && form.bw === bw ? (run) => run.at[id]! : this.rescaled((run) => run.at[id]!, count, form, { th, bw });
    const own = { th: form.th ?? th, bw: form.th === null ? bw : form.bw };
    const quantized: Operand = (run) => {
      const at = this.temporary(run, count * bytesPerCode(own.bw));
      this.quantizeTensor(run.at[id]!, at, count, own.th, own.bw);
      return at;
    };
    return own.th === th && own.bw === bw ? quantized : this.rescaled(quantized, count, own, { th, bw });
  }

  private rescaled(operand: Operand, count: number, from: { th: number; bw: number }, to: { th: number; bw: number }, factor = 1): Operand {
    const end = overlayEpilogue({ channels: 1, pixels: count, layout: 'NCHW' }, rescalingEnd(rescalingMultiplier(from, to, factor), to.bw, this.overlay));
    const rescale = this.prepared(lowerEpilogue(end, codeName(from.bw)));
    return (run) => {
      const at = this.temporary(run, count * bytesPerCode(to.bw));
      rescale([operand(run)], [at]);
      return at;
    };
  }

  /** A value as float32: as it is, or its codes after `unquantizeTensor`. */
  private floats(id: ValueId): Operand {
    const form = this.forms[id]!;
    if (form.kind === 'float') return (run) => run.at[id]!;
    const count = this.size(id);
    return (run) => {
      const at = this.temporary(run, count * 4);
      this.engine.kernels[form.bw === 8 ? 'dequantize_i8' : 'dequantize_i16'](run.at[id]!, at, count, largestCode(form.bw), Math.fround(form.th));
      return at;
    };
  }

  private compile(node: GraphNode, index: number): Action {
    const rule = this.rules[index]!;
    const entry = entryOf(this.graph, index, rule, this.entries);
    const onHost = this.forms[node.outputs[0]!]!.kind === 'float';
    if (rule.kind === 'input') return () => undefined;
    if (rule.kind === 'weighted' && entry !== undefined) return this.weighted(node, rule, entry);
    if (onHost || rule.kind === 'weighted' || rule.kind === 'host') return this.host(node, rule.kind === 'shape');
    switch (rule.kind) {
      case 'eltwise': return this.eltwise(node, rule, entry!);
      case 'activation': return this.activation(node, rule);
      case 'pool': return rule.operation === 'max' ? this.maxPool(node) : this.averagePool(node, rule, entry);
      case 'concat': return this.concat(node);
      case 'shape': return this.move(node, node.inputs.map((id) => (run: Run) => run.at[id]!));
      case 'lrn': return this.host(node, false);
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
    return this.graph.outputs.includes(id) || readers.length === 0 || readers.some((index) => this.rules[index]!.kind !== 'activation');
  }

  /** Channels, pixels and layout of a value; flat: one channel of everything. */
  private shapeOf(id: ValueId, channels: number): OutputShape {
    const { shape, layout } = this.graph.values[id]!;
    return { channels, pixels: this.size(id) / channels, layout: shape.length < 3 || channels === 1 ? 'NCHW' : layout };
  }

  /** What becomes of a layer's sums: the value itself where somebody needs it, and the activations that read it. */
  private targetsOf(id: ValueId, channels: number, endOf: (activation: ActivationRule | null) => OverlayEnd): { id: ValueId; end: Epilogue }[] {
    const plain = this.isNeeded(id) ? [{ id, rule: null }] : [];
    return [...plain, ...this.activationsOf(id)].map((target) => ({ id: target.id, end: overlayEpilogue(this.shapeOf(target.id, channels), endOf(target.rule)) }));
  }

  /** Sums into codes; the first target's clips are counted. */
  private finish(name: string, type: SumType, targets: readonly { id: ValueId; end: Epilogue }[]): (run: Run, sums: number) => void {
    const applied = targets.map(({ id, end }, order) => {
      if (this.counters !== null && order === 0) return { id, apply: this.counted(name, id, type, end) };
      const lowered = this.prepared(lowerEpilogue(end, type));
      return { id, apply: (sums: number, to: number) => lowered([sums], [to]) };
    });
    return (run, sums) => applied.forEach(({ id, apply }) => apply(sums, this.place(run, id)));
  }

  /** One channel after the other, with its clips and whether any code is not 0. */
  private counted(name: string, id: ValueId, type: SumType, end: Epilogue): (sums: number, to: number) => void {
    const { heap } = this.engine;
    const { channels, pixels, layout } = end.shape;
    const constants = this.own(end.constants);
    const seen = this.own(12);
    end.prepare(this.engine, constants);
    return (sums, to) => {
      for (let channel = 0; channel < channels; channel++) {
        heap.i32(seen, 3).fill(0);
        end.apply(this.engine, { address: sums + channel * pixels * SUM_BYTES[type], stride: pixels, type }, { channel, channels: 1, pixel: 0, pixels }, [to, seen], constants);
        const [prescale, output, beyond] = heap.i32(seen, 3) as unknown as [number, number, number];
        const alive = anyCode(this.view(id, to).data, layout === 'NCHW' ? channel * pixels : channel, pixels, layout === 'NCHW' ? 1 : channels);
        this.counters!.countRow(name, channels, channel, { prescale, output, beyond }, alive, pixels);
      }
    };
  }

  /** A lowering with its constants kept and scratch at hand for each call. */
  private prepared(lowering: Lowering): (inputs: number[], outputs: number[]) => void {
    const { heap } = this.engine;
    const constants = this.own(lowering.constants);
    lowering.prepare(this.engine, constants);
    return (inputs, outputs) => {
      const scratch = heap.alloc(lowering.scratch);
      lowering.run(this.engine, { inputs, outputs, constants, scratch });
      heap.free(scratch);
    };
  }

  private weighted(node: GraphNode, rule: Rule & { kind: 'weighted' }, entry: ScalingEntry): Action {
    const shapes = shapesOf(this.graph, node);
    const thParams = entry.th_params ?? [];
    const channels = rule.channels;
    if (thParams.length !== channels || entry.scale.length !== channels) fail('data', describe(node), `expected an entry of ${channels} channels, got ${entry.scale.length}.`, 'Use the file that was made for this network.');
    const [bwIn, bwParams] = [entry.bw_layer_in, entry.bw_params ?? 8];
    const accumulation = opOf(node).accumulate?.(node, shapes, overlayWeights(weightRows(node), thParams, bwParams), { input: bwIn, params: bwParams }) ?? fail('internal', describe(node), 'a weighted operator has no accumulation.');
    const input = this.codes(node.inputs[0]!, entry.th_layer_in, bwIn);
    const multipliers = multipliersOf({ ...entry, bw_params: bwParams, th_params: thParams, form: rule.form, channels, area: 1 });
    const targets = this.targetsOf(node.outputs[0]!, channels, (activation) => weightedEnd(entry, rule.form, multipliers, node.params[1]?.data, this.overlay, activation));
    return this.accumulated(node, accumulation, input, targets);
  }

  /** Strip by strip into the one target where the operator offers it and nothing is counted; else through stored sums. */
  private accumulated(node: GraphNode, { lowering, type, fuse }: Accumulation, input: Operand, targets: readonly { id: ValueId; end: Epilogue }[]): Action {
    const [target] = targets;
    if (fuse !== undefined && this.counters === null && targets.length === 1) {
      const fused = this.prepared(fuse(target!.end));
      return (run) => {
        const from = input(run);
        fused([from], [this.place(run, target!.id)]);
      };
    }
    const sums = this.prepared(lowering);
    const finish = this.finish(node.name, type, targets);
    const bytes = this.size(node.outputs[0]!) * SUM_BYTES[type];
    return (run) => {
      const at = this.temporary(run, bytes);
      sums([input(run)], [at]);
      finish(run, at);
    };
  }

  /** Operands on the entry's grid, coefficients multiplied into their rescaling; sum (or largest), then the entry's triple. */
  private eltwise(node: GraphNode, rule: Rule & { kind: 'eltwise' }, entry: ScalingEntry): Action {
    const { bw_layer_in: bw, th_layer_in: th } = entry;
    const id = node.outputs[0]!;
    const count = this.size(id);
    const operands = node.inputs.map((input, i) => this.weighedOperand(input, th, bw, Math.abs(rule.coefficients[i] ?? 1)));
    const isSum = rule.operation === 'sum';
    const type: SumType = isSum ? 'i32' : codeName(bw);
    const signs = node.inputs.map((_, i) => ((rule.coefficients[i] ?? 1) < 0 ? -1 : 1));
    const join = this.prepared(isSum ? lowerJoinCodes(count, signs, bw) : lowerMaxCodes(count, bw));
    const channels = this.channelsOver(node, this.activationsOf(id).map((activation) => activation.rule));
    const multiplier = multipliersOf({ ...entry, bw_params: 8, th_params: [], form: 'Eltwise', channels: 1, area: 1 })[0]!;
    const finish = this.finish(node.name, type, this.targetsOf(id, channels, (activation) => eltwiseEnd(entry, multiplier, this.overlay, activation)));
    return (run) => {
      const at = this.temporary(run, count * SUM_BYTES[type]);
      join(operands.map((operand) => operand(run)), [at]);
      finish(run, at);
    };
  }

  /** Channels an epilogue over elements in place must tell apart: 1, or those of a slope per channel. */
  private channelsOver(node: GraphNode, activations: readonly ActivationRule[]): number {
    const channels = Math.max(1, ...activations.map(({ slopes }) => slopes.length));
    const { shape, layout } = this.graph.values[node.outputs[0]!]!;
    if (channels > 1 && shape.length > 2 && layout === 'NHWC') {
      fail('unsupported', describe(node), 'a PReLU with a slope per channel where there is no accumulator per channel, and channels come last, cannot be emulated.');
    }
    return channels;
  }

  private weighedOperand(id: ValueId, th: number, bw: number, coefficient: number): Operand {
    if (coefficient === 1) return this.codes(id, th, bw);
    const form = this.forms[id]!;
    const own = { th: form.th ?? th, bw: form.th === null ? bw : form.bw };
    return this.rescaled(this.codes(id, own.th, own.bw), this.size(id), own, { th, bw }, coefficient);
  }

  /** After a weighted layer or an Eltwise it was computed there, from the accumulator. */
  private activation(node: GraphNode, rule: Rule & { kind: 'activation' }): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const writer = this.graph.nodes.findIndex(({ outputs }) => outputs.includes(input));
    const kind = this.rules[writer]!.kind;
    if ((kind === 'weighted' || kind === 'eltwise') && this.forms[input]!.kind === 'codes') return () => undefined;
    const { th, bw } = this.forms[output]! as Form & { kind: 'codes' };
    const codes = this.codes(input, th, bw);
    const end = overlayEpilogue(this.shapeOf(output, this.channelsOver(node, [rule])), activationEnd(rule, th, bw, this.overlay));
    const apply = this.prepared(lowerEpilogue(end, codeName(bw)));
    return (run) => {
      const from = codes(run);
      apply([from], [this.place(run, output)]);
    };
  }

  private maxPool(node: GraphNode): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const { th, bw } = this.forms[output]! as Form & { kind: 'codes' };
    const pool = this.prepared(opOf(node).lowerCodes!(node, shapesOf(this.graph, node), bw));
    const codes = this.codes(input, th, bw);
    return (run) => {
      const from = codes(run);
      pool([from], [this.place(run, output)]);
    };
  }

  /** Window sums, then `avgPool` with the entry's factor and shift, or 1 / area decomposed by the average pooling row. */
  private averagePool(node: GraphNode, rule: Rule & { kind: 'pool' }, entry: ScalingEntry | undefined): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const form = this.forms[output]! as Form & { kind: 'codes' };
    const [thIn, bwIn] = entry === undefined ? [form.th, form.bw] : [entry.th_layer_in, entry.bw_layer_in];
    const sums = this.prepared(opOf(node).lowerSums!(node, shapesOf(this.graph, node), bwIn));
    const codes = this.codes(input, thIn, bwIn);
    const own = decompose(Math.fround(1 / rule.area), limitsOf('AveragePooling', bwIn, this.overlay));
    const count = this.size(output);
    const { shape, layout } = this.graph.values[output]!;
    const axis = channelAxis(shape.length, layout);
    const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    return (run) => {
      const from = codes(run);
      const at = this.temporary(run, count * 4);
      sums([from], [at]);
      const to = this.place(run, output);
      const totals = this.engine.heap.i32(at, count);
      const { data } = this.view(output, to);
      for (let i = 0; i < count; i++) {
        const c = entry === undefined || entry.scale.length === 1 ? 0 : Math.floor(i / inner) % shape[axis]!;
        data[i] = entry === undefined ? avgPool(totals[i]!, own.scale, own.postscale_shift, form.bw) : avgPool(totals[i]!, entry.scale[c]!, entry.postscale_shift[c]!, form.bw);
      }
    };
  }

  private concat(node: GraphNode): Action {
    const { th, bw } = this.forms[node.outputs[0]!]! as Form & { kind: 'codes' };
    return this.move(node, node.inputs.map((id) => this.codes(id, th, bw)));
  }

  /** The node's reference on elements as they are. Operands have the form of the first output. */
  private move(node: GraphNode, operands: readonly Operand[]): Action {
    return (run) => {
      const places = operands.map((operand) => operand(run));
      const outputs = node.outputs.map((id) => this.place(run, id));
      const like = (id: ValueId, at: number): Tensor<TypedArray> => ({ ...this.view(node.outputs[0]!, 0), ...this.typed(id, at, node.outputs[0]!) });
      opOf(node).reference(node, places.map((at, i) => like(node.inputs[i]!, at)), outputs.map((at, i) => this.view(node.outputs[i]!, at)), shapesOf(this.graph, node).layout);
    };
  }

  /** Elements of a value's shape, of the type another value has. */
  private typed(id: ValueId, at: number, like: ValueId): Tensor<TypedArray> {
    const { heap } = this.engine;
    const form = this.forms[like]!;
    const count = this.size(id);
    return { shape: this.graph.values[id]!.shape, data: form.kind === 'float' ? heap.f32(at, count) : form.bw === 8 ? heap.i8(at, count) : heap.i16(at, count) };
  }

  private host(node: GraphNode, moves: boolean): Action {
    const lowering = moves ? undefined : opOf(node).lower?.(node, shapesOf(this.graph, node));
    const operands = node.inputs.map((id) => this.floats(id));
    if (lowering === undefined) return this.move(node, operands);
    const kernel = this.prepared(lowering);
    return (run) => {
      const places = operands.map((operand) => operand(run));
      kernel(places, node.outputs.map((id) => this.place(run, id)));
    };
  }
}

/** Whether any of `count` codes from `first` on, `step` apart, is not 0. */
function anyCode(codes: TypedArray, first: number, count: number, step: number): boolean {
  for (let i = 0; i < count; i++) if (codes[first + i * step] !== 0) return true;
  return false;
}

/** Weight codes as the overlay rounds them, [output channel][k]: `quantizeWeights` with the channel's threshold. */
export function overlayWeights(rows: Float32Array, thParams: readonly number[], bw: number): Int16Array {
  const codes = new Int16Array(rows.length);
  const k = rows.length / thParams.length;
  thParams.forEach((th, c) => {
    for (let i = c * k; i < (c + 1) * k; i++) codes[i] = quantizeWeights(th, bw, rows[i]!);
  });
  return codes;
}
