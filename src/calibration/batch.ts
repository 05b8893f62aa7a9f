import { fail } from '../error.js';
import { describe, type Graph, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import type { Engine } from '../kernels/engine.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { elements, type Tensor, type TypedArray } from '../tensor.js';
import { merge, nothing, type CodesRef, type Ref, type Statistics, type Step } from './field.js';
import * as numeric from './numeric.js';
import type { Store } from './store.js';
import { weightCodes, weightSteps } from './weights.js';

/** Reads the network input of one image of the calibration batch: float32 of the input's shape. */
export type LoadImage = (image: number) => Promise<Float32Array>;

const keyOf = (image: number, id: ValueId, form: 'raw' | 'codes'): string => `${image}:${id}:${form}`;
const bytesPerCode = (bw: number): number => (bw === 8 ? 1 : 2);

/**
 * The images one engine looks after, and each {@link Step} on them, one image after the other. `images` are
 * their numbers in the calibration batch. Everything between two steps lives in the store.
 */
export class Batch {
  private readonly rules: readonly Rule[];

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    private readonly images: readonly number[],
    private readonly load: LoadImage,
    private readonly store: Store,
  ) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  }

  async step(step: Step): Promise<Statistics> {
    switch (step.do) {
      case 'input': return this.input(step.output);
      case 'weighted': return this.weighted(step);
      case 'float': return this.float(step.node, step.inputs);
      case 'move': return this.move(step);
      case 'pool': return this.pool(step.node, step.input);
      case 'eltwise': return this.eltwise(step);
      case 'round': return this.forEachImage((image) => void this.round(image, step.from, step.from.id, step.th, step.bw));
      case 'concat': return this.concat(step);
      case 'free': return this.forEachImage((image) => step.values.forEach(({ id, form }) => this.store.free(keyOf(image, id, form))));
    }
  }

  statistics(refs: readonly Ref[]): Statistics {
    return this.forEachImage((image) => refs.map((ref) => this.withFloats(image, ref, (at, count) => this.measure(image, at, count))).reduce(merge, nothing));
  }

  histogram(refs: readonly Ref[], max: number, bins: number): Float64Array {
    const counts = new Float64Array(bins);
    this.forEachImage((image) => refs.forEach((ref) => this.withFloats(image, ref, (at, count) => numeric.histogram(this.engine, at, count, max, counts))));
    return counts;
  }

  private forEachImage(visit: (image: number) => Statistics | void): Statistics {
    return this.images.reduce((sum, image) => merge(sum, visit(image) ?? nothing), nothing);
  }

  private size(id: ValueId): number {
    return elements(this.graph.values[id]!.shape);
  }

  private measure(image: number, at: number, count: number): Statistics {
    const { max, min, finite } = numeric.absMinMax(this.engine, at, count);
    return { max, min, count, bad: finite ? -1 : image };
  }

  private async input(output: ValueId): Promise<Statistics> {
    let sum = nothing;
    for (const image of this.images) {
      const data = await this.load(image);
      const at = this.store.alloc(keyOf(image, output, 'raw'), data.byteLength);
      this.engine.heap.f32(at, data.length).set(data);
      sum = merge(sum, this.measure(image, at, data.length));
    }
    return sum;
  }

  private weighted(step: Step & { do: 'weighted' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const shapes = shapesOf(this.graph, node);
    const op = opOf(node);
    const codes = weightCodes(node, step.thParams, step.bwParams);
    const accumulation = op.accumulate?.(node, shapes, codes, { input: step.input.bw, params: step.bwParams }) ?? fail('internal', describe(node), 'a weighted operator has no accumulation.');
    const { lowering, type } = accumulation;
    const { heap } = this.engine;
    const count = this.size(node.outputs[0]!);
    const constants = heap.alloc(lowering.constants);
    const scratch = heap.alloc(lowering.scratch);
    const sums = heap.alloc(count * (type === 'i32' ? 4 : 8));
    lowering.prepare(this.engine, constants);
    const activation = step.fused === null ? undefined : (this.rules[step.fused] as Rule & { kind: 'activation' });
    const finish = numeric.dequantizer(this.engine, shapes, { steps: weightSteps(step.input, step.thParams, step.bwParams), bias: node.params[1]?.data, activation, type });
    const result = this.forEachImage((image) => {
      const input = keyOf(image, step.input.id, 'codes');
      const from = this.store.get(input);
      lowering.run(this.engine, { inputs: [from], outputs: [sums], constants, scratch });
      const at = this.store.alloc(keyOf(image, step.output, 'raw'), count * 4);
      const { max, min, finite } = finish.run(sums, at);
      return { max, min, count, bad: finite ? -1 : image };
    });
    finish.free();
    [constants, scratch, sums].forEach((pointer) => heap.free(pointer));
    return result;
  }

  /** Runs `use` on the float32 values of a stored form: the raw ones in place, codes dequantized into a scratch copy. */
  private withFloats<T>(image: number, ref: Ref, use: (at: number, count: number) => T): T {
    const count = this.size(ref.id);
    const at = this.store.get(keyOf(image, ref.id, ref.form));
    if (ref.form === 'raw') return use(at, count);
    const copy = this.engine.heap.alloc(count * 4);
    numeric.dequantize(this.engine, at, copy, count, ref.th, ref.bw);
    const result = use(copy, count);
    this.engine.heap.free(copy);
    return result;
  }

  private float(index: number, inputs: readonly Ref[]): Statistics {
    const node = this.graph.nodes[index]!;
    const shapes = shapesOf(this.graph, node);
    return this.forEachImage((image) => {
      const { heap } = this.engine;
      const copies = inputs.map((ref) => this.copyOf(image, ref));
      const outputs = node.outputs.map((id) => this.store.alloc(keyOf(image, id, 'raw'), this.size(id) * 4));
      const view = (at: number, id: ValueId): Tensor => ({ shape: this.graph.values[id]!.shape, data: heap.f32(at, this.size(id)) });
      opOf(node).reference(node, copies.map((at, i) => view(at, inputs[i]!.id)), outputs.map((at, i) => view(at, node.outputs[i]!)), shapes.layout);
      copies.forEach((at) => heap.free(at));
      return outputs.map((at, i) => this.measure(image, at, this.size(node.outputs[i]!))).reduce(merge, nothing);
    });
  }

  /** A float32 copy outside the store, which no later `alloc` of the store moves. */
  private copyOf(image: number, ref: Ref): number {
    const copy = this.engine.heap.alloc(this.size(ref.id) * 4);
    return this.withFloats(image, ref, (at, count) => {
      this.engine.heap.f32(copy, count).set(this.engine.heap.f32(at, count));
      return copy;
    });
  }

  private stored(id: ValueId, form: 'raw' | 'codes', bw: number, at: number): Tensor<TypedArray> {
    const { heap } = this.engine;
    const count = this.size(id);
    const data = form === 'raw' ? heap.f32(at, count) : bw === 8 ? heap.i8(at, count) : heap.i16(at, count);
    return { shape: this.graph.values[id]!.shape, data };
  }

  private move(step: Step & { do: 'move' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const bytes = step.form === 'raw' ? 4 : bytesPerCode(step.bw);
    return this.forEachImage((image) => {
      const pinned = [...node.inputs, ...node.outputs].map((id) => keyOf(image, id, step.form));
      const places = step.inputs.map((ref) => this.store.get(keyOf(image, ref.id, step.form), pinned));
      const outputs = node.outputs.map((id) => this.store.alloc(keyOf(image, id, step.form), this.size(id) * bytes, pinned));
      const inputs = places.map((at, i) => this.stored(step.inputs[i]!.id, step.form, step.bw, at));
      opOf(node).reference(node, inputs, outputs.map((at, i) => this.stored(node.outputs[i]!, step.form, step.bw, at)), shapesOf(this.graph, node).layout);
      if (step.form === 'codes') return nothing;
      return outputs.map((at, i) => this.measure(image, at, this.size(node.outputs[i]!))).reduce(merge, nothing);
    });
  }

  private pool(index: number, input: CodesRef): Statistics {
    const node = this.graph.nodes[index]!;
    const shapes = shapesOf(this.graph, node);
    const lowering = opOf(node).lowerCodes?.(node, shapes, input.bw) ?? fail('internal', describe(node), 'a pooling operator does not run on codes.');
    const { heap } = this.engine;
    const [constants, scratch] = [heap.alloc(lowering.constants), heap.alloc(lowering.scratch)];
    lowering.prepare(this.engine, constants);
    const result = this.forEachImage((image) => {
      const from = keyOf(image, input.id, 'codes');
      this.store.get(from);
      const at = this.store.alloc(keyOf(image, node.outputs[0]!, 'codes'), this.size(node.outputs[0]!) * bytesPerCode(input.bw), [from]);
      lowering.run(this.engine, { inputs: [this.store.get(from)], outputs: [at], constants, scratch });
    });
    [constants, scratch].forEach((pointer) => heap.free(pointer));
    return result;
  }

  private eltwise(step: Step & { do: 'eltwise' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const rule = this.rules[step.node] as Rule & { kind: 'eltwise' };
    const count = this.size(node.outputs[0]!);
    return this.forEachImage((image) => {
      const copies = step.inputs.map((ref) => this.copyOf(image, ref));
      const at = this.store.alloc(keyOf(image, node.outputs[0]!, 'raw'), count * 4);
      numeric.eltwise(this.engine, copies, at, count, step.th, step.bw, rule);
      copies.forEach((copy) => this.engine.heap.free(copy));
      return this.measure(image, at, count);
    });
  }

  /** Codes of `from` on a grid, stored as the codes form of `id`. */
  private round(image: number, from: Ref, id: ValueId, th: number, bw: number): number {
    const copy = this.copyOf(image, from);
    const at = this.store.alloc(keyOf(image, id, 'codes'), this.size(id) * bytesPerCode(bw));
    numeric.quantize(this.engine, copy, at, this.size(id), th, bw);
    this.engine.heap.free(copy);
    return at;
  }

  private concat(step: Step & { do: 'concat' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const { heap } = this.engine;
    return this.forEachImage((image) => {
      const parts = step.inputs.map((ref) => this.withFloats(image, ref, (at, count) => {
        const part = heap.alloc(count * bytesPerCode(step.bw));
        numeric.quantize(this.engine, at, part, count, step.th, step.bw);
        return part;
      }));
      const at = this.store.alloc(keyOf(image, node.outputs[0]!, 'codes'), this.size(node.outputs[0]!) * bytesPerCode(step.bw));
      const inputs = parts.map((part, i) => this.stored(step.inputs[i]!.id, 'codes', step.bw, part));
      opOf(node).reference(node, inputs, [this.stored(node.outputs[0]!, 'codes', step.bw, at)], shapesOf(this.graph, node).layout);
      parts.forEach((part) => heap.free(part));
    });
  }
}

