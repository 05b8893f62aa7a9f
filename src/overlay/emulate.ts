import { weightRows } from '../calibration/weights.js';
import { fail } from '../error.js';
import { avgPool, quantizeWeights } from '../fixed/index.js';
import { gridStep } from '../fixed/grid.js';
import { largestCode } from '../fixed/rounding.js';
import { consumers, describe, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { Engine } from '../kernels/engine.js';
import type { Lowering } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { decompose, limitsOf, multipliersOf, type Overlay, type ScalingEntry } from '../scaling/index.js';
import { channelAxis, elements, type Tensor, type TypedArray } from '../tensor.js';
import { Counters } from './counters.js';
import { entryOf, formsOf, type Entries, type Form } from './forms.js';
import { activationStep, eltwiseStep, rescalingStep, weightedStep, writeTable, type ActivationRule, type InterLayer } from './inter-layer.js';

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
    const limit = Math.fround(th);
    const live = limit >= 2 ** -126;
    const factor = live ? Math.fround(largestCode(bw) / limit) : 0;
    this.engine.kernels[bw === 8 ? 'quantize_tensor_i8' : 'quantize_tensor_i16'](from, to, count, live ? limit : 0, factor);
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
    const sfTo = gridStep(to.th, to.bw);
    const multiplier = sfTo === 0 ? 0 : Math.fround(Math.fround(Math.fround(gridStep(from.th, from.bw) * Math.fround(factor))) / sfTo);
    const apply = this.interLayer(rescalingStep(multiplier, to.bw, this.overlay), codeName(from.bw), 1, count, { row: count, pixel: 1 }, null);
    return (run) => {
      const at = this.temporary(run, count * bytesPerCode(to.bw));
      apply(operand(run), at);
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

  /** A step between layers on `rows` rows of `columns` sums; one triple serves all rows where there is only one. */
  private interLayer(step: InterLayer, from: 'i8' | 'i16' | 'i32' | 'f64', rows: number, columns: number, stride: { row: number; pixel: number }, layer: { name: string; accLimit: number } | null): (from: number, to: number) => void {
    const { engine } = this;
    const spread = <T>(list: readonly T[]): readonly T[] => (list.length === rows ? list : Array.from({ length: rows }, () => list[0]!));
    const positive = writeTable(engine, spread(step.channels));
    const negative = step.negative === null ? 0 : writeTable(engine, spread(step.negative));
    this.owned.push(positive, ...(negative === 0 ? [] : [negative]));
    const kernel = engine.kernels[`overlay_${from}_${codeName(step.bw)}`];
    const limits = [step.preLow, step.preHigh, -largestCode(step.bw) - 1, largestCode(step.bw), step.floor, step.ceiling] as const;
    const accLimit = layer?.accLimit ?? Infinity;
    const call = (at: number, to: number, first: number, count: number, counters: number): void => {
      kernel(at, columns, to, stride.row, stride.pixel, count, columns, positive + first * 32, negative === 0 ? 0 : negative + first * 32, ...limits, accLimit, counters);
    };
    const { counters } = this;
    if (layer === null || counters === null) return (at, to) => call(at, to, 0, rows, 0);
    const sumBytes = { i8: 1, i16: 2, i32: 4, f64: 8 }[from];
    return (at, to) => {
      const seen = engine.heap.alloc(12);
      for (let c = 0; c < rows; c++) {
        engine.heap.i32(seen, 3).fill(0);
        const row = to + c * stride.row * bytesPerCode(step.bw);
        call(at + c * columns * sumBytes, row, c, 1, seen);
        const [prescale, output, beyond] = engine.heap.i32(seen, 3) as unknown as [number, number, number];
        counters.countRow(layer.name, rows, c, { prescale, output, beyond }, this.anyCode(row, columns, stride.pixel, step.bw), columns);
      }
      engine.heap.free(seen);
    };
  }

  private anyCode(at: number, columns: number, pixel: number, bw: number): boolean {
    const { heap } = this.engine;
    const span = (columns - 1) * pixel + 1;
    const codes = bw === 8 ? heap.i8(at, span) : heap.i16(at, span);
    for (let i = 0; i < span; i += pixel) if (codes[i] !== 0) return true;
    return false;
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

  /** Where channels and pixels of a value lie; sums always come channel by channel. */
  private strideOf(id: ValueId, channels: number): { columns: number; stride: { row: number; pixel: number } } {
    const { shape, layout } = this.graph.values[id]!;
    const columns = this.size(id) / channels;
    const last = channelAxis(shape.length, layout) === shape.length - 1 && shape.length > 2;
    return { columns, stride: last ? { row: 1, pixel: channels } : { row: columns, pixel: 1 } };
  }

  /** Finishes sums into a value and into the activations that read it. */
  private finish(node: GraphNode, from: 'i8' | 'i16' | 'i32' | 'f64', channels: number, bwIn: number, stepOf: (activation: ActivationRule | null) => InterLayer, flat: boolean): (run: Run, sums: number) => void {
    const id = node.outputs[0]!;
    const plain = this.isNeeded(id) ? [{ id, rule: null }] : [];
    const targets = [...plain, ...this.activationsOf(id)].map((target, order) => {
      const { columns, stride } = flat ? { columns: this.size(id) / channels, stride: { row: this.size(id) / channels, pixel: 1 } } : this.strideOf(id, channels);
      const layer = order === 0 ? { name: node.name, accLimit: bwIn === 8 ? 2 ** 23 : Infinity } : null;
      return { id: target.id, apply: this.interLayer(stepOf(target.rule), from, channels, columns, stride, layer) };
    });
    return (run, sums) => targets.forEach((target) => target.apply(sums, this.place(run, target.id)));
  }

  private prepared(lowering: Lowering): { constants: number; scratch: number; run: (inputs: number[], outputs: number[]) => void } {
    const constants = this.own(lowering.constants);
    lowering.prepare(this.engine, constants);
    return {
      constants,
      scratch: lowering.scratch,
      run: (inputs, outputs) => {
        const scratch = this.engine.heap.alloc(lowering.scratch);
        lowering.run(this.engine, { inputs, outputs, constants, scratch });
        this.engine.heap.free(scratch);
      },
    };
  }

  private weighted(node: GraphNode, rule: Rule & { kind: 'weighted' }, entry: ScalingEntry): Action {
    const shapes = shapesOf(this.graph, node);
    const thParams = entry.th_params ?? [];
    const channels = rule.channels;
    if (thParams.length !== channels || entry.scale.length !== channels) fail('data', describe(node), `expected an entry of ${channels} channels, got ${entry.scale.length}.`, 'Use the file that was made for this network.');
    const [bwIn, bwParams] = [entry.bw_layer_in, entry.bw_params ?? 8];
    const rows = weightRows(node);
    const k = rows.length / channels;
    const codes = Int16Array.from(rows, (weight, i) => quantizeWeights(thParams[Math.floor(i / k)]!, bwParams, weight));
    const accumulation = opOf(node).accumulate?.(node, shapes, codes, { input: bwIn, params: bwParams }) ?? fail('internal', describe(node), 'a weighted operator has no accumulation.');
    const sums = this.prepared(accumulation.lowering);
    const input = this.codes(node.inputs[0]!, entry.th_layer_in, bwIn);
    const multipliers = multipliersOf({ ...entry, bw_params: bwParams, th_params: thParams, form: rule.form, channels, area: 1 });
    const stepOf = (activation: ActivationRule | null): InterLayer => weightedStep(entry, rule.form, multipliers, node.params[1]?.data, this.overlay, activation);
    const finish = this.finish(node, accumulation.type, channels, bwIn, stepOf, false);
    const bytes = this.size(node.outputs[0]!) * (accumulation.type === 'i32' ? 4 : 8);
    return (run) => {
      const at = this.temporary(run, bytes);
      sums.run([input(run)], [at]);
      finish(run, at);
    };
  }

  /** Operands on the entry's grid, coefficients multiplied into their rescaling; sum (or largest), then the entry's triple. */
  private eltwise(node: GraphNode, rule: Rule & { kind: 'eltwise' }, entry: ScalingEntry): Action {
    const { bw_layer_in: bw, th_layer_in: th } = entry;
    const { kernels } = this.engine;
    const count = this.size(node.outputs[0]!);
    const operands = node.inputs.map((id, i) => this.weighedOperand(id, th, bw, Math.abs(rule.coefficients[i] ?? 1)));
    const signs = node.inputs.map((_, i) => ((rule.coefficients[i] ?? 1) < 0 ? -1 : 1));
    const isSum = rule.operation === 'sum';
    const value = this.graph.values[node.outputs[0]!]!;
    const perChannel = this.activationsOf(value.id).some(({ rule: activation }) => activation.slopes.length > 1);
    const axis = channelAxis(value.shape.length, value.layout);
    const channels = perChannel ? value.shape[axis]! : 1;
    if (perChannel && axis > 1) fail('unsupported', describe(node), 'a PReLU with a slope per channel over an Eltwise with channels last cannot be emulated.');
    const multiplier = multipliersOf({ ...entry, bw_params: 8, th_params: [], form: 'Eltwise', channels: 1, area: 1 })[0]!;
    const finish = this.finish(node, isSum ? 'i32' : codeName(bw), channels, bw, (activation) => eltwiseStep(entry, multiplier, this.overlay, activation, channels), true);
    return (run) => {
      const at = this.temporary(run, count * (isSum ? 4 : bytesPerCode(bw)));
      const places = operands.map((operand) => operand(run));
      if (isSum) places.forEach((from, i) => kernels[bw === 8 ? 'join_i8' : 'join_i16'](from, at, count, signs[i]!, i === 0 ? 0 : 1));
      else places.slice(1).reduce((left, right) => (kernels[bw === 8 ? 'max_i8' : 'max_i16'](left, right, at, count), at), places[0]!);
      finish(run, at);
    };
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
    const form = this.forms[output]! as Form & { kind: 'codes' };
    const channels = rule.slopes.length;
    const { columns, stride } = this.strideOf(output, channels);
    if (stride.pixel !== 1 && channels > 1) fail('unsupported', describe(node), 'a PReLU with a slope per channel without an accumulator and with channels last cannot be emulated.');
    const codes = this.codes(input, form.th, form.bw);
    const apply = this.interLayer(activationStep(rule, form.th, form.bw, this.overlay), codeName(form.bw), channels, columns, { row: columns, pixel: 1 }, null);
    return (run) => apply(codes(run), this.place(run, output));
  }

  private maxPool(node: GraphNode): Action {
    const [input, output] = [node.inputs[0]!, node.outputs[0]!];
    const { th, bw } = this.forms[output]! as Form & { kind: 'codes' };
    const pool = this.prepared(opOf(node).lowerCodes!(node, shapesOf(this.graph, node), bw));
    const codes = this.codes(input, th, bw);
    return (run) => {
      const from = codes(run);
      pool.run([from], [this.place(run, output)]);
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
      sums.run([from], [at]);
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
      kernel.run(places, node.outputs.map((id) => this.place(run, id)));
    };
  }
}
