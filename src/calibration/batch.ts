import { weightCodes } from '../calibration/weight-codes.js';
import { fail, placed, XfdnnError } from '../error.js';
import { gridStep } from '../fixed/grid.js';
import { expectInput } from '../graph/expect-input.js';
import { describe, type Graph, type GraphNode, type ValueId } from '../graph/graph.js';
import { shapesOf } from '../graph/shapes.js';
import { lowerMaxCodes, lowerSumCodes } from '../kernels/elementwise.js';
import type { Engine } from '../kernels/engine.js';
import { gridEpilogue, lowerEpilogue } from '../kernels/epilogue.js';
import { aligned, type Lowering } from '../kernels/lowering.js';
import { opOf } from '../ops/index.js';
import type { Rule } from '../ops/op.js';
import { referenceLowering } from '../runtime/reference-lowering.js';
import { elements, type Tensor, type TypedArray } from '../tensor.js';
import { type CodesRef, type Form, merge, nothing, type Ref, type Statistics, type Step } from './field.js';
import { dequantize, quantize, requantize } from './grid-kernels.js';
import { absMinMax, addHistogram } from './histogram.js';
import type { Store } from './store.js';

/** Reads the network input of one image of the calibration batch: float32 of the input's shape. */
export type LoadImage = (image: number) => Promise<Float32Array>;

/** What became of reading images: up to the one that could not be read, if any. */
export interface Reading {
  readonly statistics: Statistics;
  readonly failed: { readonly image: number; readonly error: XfdnnError } | null;
}

const keyOf = (image: number, id: ValueId, form: Form): string => `${image}:${id}:${form}`;
const LARGEST_FLOAT32 = 3.4028234663852886e38;
const bytesPerCode = (bw: number): number => (bw === 8 ? 1 : 2);

/**
 * The images one engine looks after, and each {@link Step} on them, one image after the other. `source` gives their numbers in the
 * calibration batch as they are read. Everything between two steps lives in the store.
 */
export class Batch {
  private readonly rules: readonly Rule[];
  private readonly images: number[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    private readonly source: Iterable<number>,
    private readonly load: LoadImage,
    private readonly store: Store,
  ) {
    this.rules = graph.nodes.map((node) => opOf(node).rule(node, shapesOf(graph, node)));
  }

  /** Does a step. An error that names no place gets the layer's. */
  async step(step: Step): Promise<Statistics> {
    try {
      return await this.take(step);
    } catch (error) {
      throw placed(error, () => describe(this.nodeOf(step)!));
    }
  }

  /** The node that a step belongs to, or that made what it rounds. */
  private nodeOf(step: Step): GraphNode | undefined {
    if ('node' in step) return this.graph.nodes[step.node];
    const id = step.do === 'input' ? step.output : step.do === 'free' ? step.values[0]?.id : step.from.id;
    return this.graph.nodes.find(({ outputs }) => outputs.includes(id!));
  }

  private async take(step: Step): Promise<Statistics> {
    switch (step.do) {
      case 'input':
        return this.input(step.output);
      case 'weighted':
        return this.weighted(step);
      case 'float':
        return this.float(step.node, step.inputs);
      case 'move':
        return this.move(step);
      case 'pool':
        return this.pool(step.node, step.input);
      case 'eltwise':
        return this.eltwise(step);
      case 'round':
        return this.forEachImage((image) => this.round(image, step.from, step.th, step.bw));
      case 'keep':
        return this.forEachImage((image) => this.keep(image, step.from));
      case 'concat':
        return this.concat(step);
      case 'free':
        return this.forEachImage((image) =>
          step.values.forEach(({ id, form }) => this.store.free(keyOf(image, id, form))),
        );
    }
  }

  statistics(refs: readonly Ref[], images: readonly number[] = this.images): Statistics {
    const of = (image: number): Statistics =>
      refs
        .map((ref) => this.withFloats(image, ref, (at, count) => this.measure(image, at, count)))
        .reduce(merge, nothing);
    return images.map(of).reduce(merge, nothing);
  }

  histogram(refs: readonly Ref[], max: number, bins: number): Float64Array {
    const counts = new Float64Array(bins);
    this.forEachImage((image) =>
      refs.forEach((ref) =>
        this.withFloats(image, ref, (at, count) => addHistogram(this.engine, at, count, max, counts)),
      ),
    );
    return counts;
  }

  private forEachImage(visit: (image: number) => Statistics | void): Statistics {
    return this.images.reduce((sum, image) => merge(sum, visit(image) ?? nothing), nothing);
  }

  private size(id: ValueId): number {
    return elements(this.graph.values[id]!.shape);
  }

  private measure(image: number, at: number, count: number): Statistics {
    const { max, min, finite } = absMinMax(this.engine, at, count);
    return { max, min, count, bad: finite ? -1 : image };
  }

  private async input(output: ValueId): Promise<Statistics> {
    const { statistics, failed } = await this.read(output);
    if (failed !== null) throw failed.error;
    return statistics;
  }

  /** Reads images, as many as the source gives, into the raw form of `output`. */
  async read(output: ValueId): Promise<Reading> {
    let sum = nothing;
    for (const image of this.source) {
      try {
        this.put(
          image,
          output,
          expectInput(
            this.graph.values[output]!,
            await this.load(image),
            `image ${image + 1} of the calibration batch`,
          ),
        );
      } catch (error) {
        if (!(error instanceof XfdnnError)) throw error;
        return {
          statistics: sum,
          failed: { image, error: placed(error, () => describe(this.nodeOf({ do: 'input', output })!)) as XfdnnError },
        };
      }
      sum = merge(sum, this.statistics([{ id: output, form: 'raw' }], [image]));
    }
    return { statistics: sum, failed: null };
  }

  /** The images that were read or put here. */
  get owned(): readonly number[] {
    return this.images;
  }

  /** Makes an image one of these, with the raw form of the input. */
  put(image: number, output: ValueId, data: Float32Array): void {
    const at = this.store.alloc(keyOf(image, output, 'raw'), data.byteLength);
    this.engine.heap.f32(at, data.length).set(data);
    this.images.push(image);
  }

  /** Gives up an image that has nothing but the raw form of its input, which is returned. */
  give(image: number, output: ValueId): Float32Array {
    const key = keyOf(image, output, 'raw');
    const data = this.engine.heap.f32(this.store.get(key), this.size(output)).slice();
    this.store.free(key);
    this.images.splice(this.images.indexOf(image), 1);
    return data;
  }

  private weighted(step: Step & { do: 'weighted' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const { heap } = this.engine;
    const id = node.outputs[0]!;
    const count = this.size(id);
    const extremes = heap.alloc(8);
    const result = this.withLowering(this.lowerWeighted(step), (run) =>
      this.forEachImage((image) => {
        const input = keyOf(image, step.input.id, 'codes');
        const output = keyOf(image, step.output, 'raw');
        this.store.get(input);
        const at = this.store.alloc(output, count * 4, [input]);
        heap.f32(extremes, 2).set([0, LARGEST_FLOAT32]);
        run([this.store.get(input)], [at, extremes]);
        const [max, min] = heap.f32(extremes, 2) as unknown as [number, number];
        return { max, min, count, bad: Number.isFinite(max) ? -1 : image };
      }),
    );
    heap.free(extremes);
    return result;
  }

  /** Codes to unrounded float32 and its extremes; the sums are finished strip by strip where the operator offers it. */
  private lowerWeighted(step: Step & { do: 'weighted' }): Lowering {
    const node = this.graph.nodes[step.node]!;
    const shapes = shapesOf(this.graph, node);
    const codes = weightCodes(this.engine, node, step.thParams, step.bwParams);
    const accumulation =
      opOf(node).accumulate?.(node, shapes, codes, { input: step.input.bw, params: step.bwParams }) ??
      fail('internal', describe(node), 'a weighted operator has no accumulation.');
    const channels = step.thParams.length;
    const flat = shapes.outputs[0]!.length < 3;
    const shape = {
      channels,
      pixels: this.size(node.outputs[0]!) / channels,
      layout: flat ? 'NCHW' : shapes.layout,
    } as const;
    const activation = step.fused === null ? undefined : (this.rules[step.fused] as Rule & { kind: 'activation' });
    const stepParams = step.thParams.map((th) => gridStep(th, step.bwParams));
    const end = gridEpilogue(shape, {
      stepIn: gridStep(step.input.th, step.input.bw),
      stepParams,
      bias: node.params[1]?.data ?? null,
      activation,
    });
    return (
      accumulation.fuse?.(end) ??
      inSequence(
        accumulation.lowering,
        this.size(node.outputs[0]!) * (accumulation.type === 'i32' ? 4 : 8),
        lowerEpilogue(end, accumulation.type),
      )
    );
  }

  /** Runs `use` with a lowering that is prepared before and given back after. */
  private withLowering<T>(lowering: Lowering, use: (run: (inputs: number[], outputs: number[]) => void) => T): T {
    const { heap } = this.engine;
    const [constants, scratch] = [heap.alloc(lowering.constants), heap.alloc(lowering.scratch)];
    lowering.prepare(this.engine, constants);
    const result = use((inputs, outputs) => lowering.run(this.engine, { inputs, outputs, constants, scratch }));
    [constants, scratch].forEach((pointer) => heap.free(pointer));
    return result;
  }

  /** Runs `use` on the float32 values of a stored form. */
  private withFloats<T>(image: number, ref: Ref, use: (at: number, count: number) => T): T {
    const { at, copied } = this.floats(ref, this.store.get(keyOf(image, ref.id, ref.form)));
    const result = use(at, this.size(ref.id));
    if (copied) this.engine.heap.free(at);
    return result;
  }

  private float(index: number, inputs: readonly Ref[]): Statistics {
    const node = this.graph.nodes[index]!;
    const shapes = shapesOf(this.graph, node);
    const lowering = opOf(node).lower?.(node, shapes) ?? referenceLowering(this.graph, node);
    return this.withLowering(lowering, (run) =>
      this.forEachImage((image) => {
        const sources = inputs.map((ref) => keyOf(image, ref.id, ref.form));
        const targets = node.outputs.map((id) => keyOf(image, id, 'raw'));
        const pinned = [...sources, ...targets];
        const outputs = node.outputs.map((id, i) => this.store.alloc(targets[i]!, this.size(id) * 4, pinned));
        const copies = inputs.map((ref, i) => this.floats(ref, this.store.get(sources[i]!, pinned)));
        run(
          copies.map(({ at }) => at),
          outputs,
        );
        copies.forEach(({ copied, at }) => copied && this.engine.heap.free(at));
        return outputs.map((at, i) => this.measure(image, at, this.size(node.outputs[i]!))).reduce(merge, nothing);
      }),
    );
  }

  /** Float32 values of a stored form at `at`: raw ones where they are, codes as a copy of their values. */
  private floats(ref: Ref, at: number): { at: number; copied: boolean } {
    if (ref.form === 'raw') return { at, copied: false };
    const count = this.size(ref.id);
    const copy = this.engine.heap.alloc(count * 4);
    dequantize(this.engine, at, copy, count, ref.th, ref.bw);
    return { at: copy, copied: true };
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
      const outputs = node.outputs.map((id) =>
        this.store.alloc(keyOf(image, id, step.form), this.size(id) * bytes, pinned),
      );
      const inputs = places.map((at, i) => this.stored(step.inputs[i]!.id, step.form, step.bw, at));
      opOf(node).reference(
        node,
        inputs,
        outputs.map((at, i) => this.stored(node.outputs[i]!, step.form, step.bw, at)),
        shapesOf(this.graph, node).layout,
      );
      if (step.form === 'codes') return nothing;
      return outputs.map((at, i) => this.measure(image, at, this.size(node.outputs[i]!))).reduce(merge, nothing);
    });
  }

  private pool(index: number, input: CodesRef): Statistics {
    const node = this.graph.nodes[index]!;
    const lowering =
      opOf(node).lowerCodes?.(node, shapesOf(this.graph, node), input.bw) ??
      fail('internal', describe(node), 'a pooling operator does not run on codes.');
    const output = node.outputs[0]!;
    return this.withLowering(lowering, (run) =>
      this.forEachImage((image) => {
        const from = keyOf(image, input.id, 'codes');
        this.store.get(from);
        const at = this.store.alloc(keyOf(image, output, 'codes'), this.size(output) * bytesPerCode(input.bw), [from]);
        run([this.store.get(from)], [at]);
      }),
    );
  }

  /** Operands rounded again with one threshold; their sum (or the largest) as unrounded float32. */
  private eltwise(step: Step & { do: 'eltwise' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const rule = this.rules[step.node] as Rule & { kind: 'eltwise' };
    const { heap } = this.engine;
    const [count, bytes, output] = [this.size(node.outputs[0]!), bytesPerCode(step.bw), node.outputs[0]!];
    const sf = gridStep(step.th, step.bw);
    const isSum = rule.operation === 'sum';
    const lowering = isSum
      ? lowerSumCodes(
          count,
          rule.coefficients.map((coefficient) => coefficient * sf),
          step.bw,
        )
      : lowerMaxCodes(count, step.bw);
    const again = step.inputs.map(() => heap.alloc(count * bytes));
    const largest = heap.alloc(count * bytes);
    const result = this.withLowering(lowering, (run) =>
      this.forEachImage((image) => {
        step.inputs.forEach((ref, i) =>
          requantize(
            this.engine,
            this.store.get(keyOf(image, ref.id, 'codes')),
            again[i]!,
            count,
            ref,
            step.th,
            step.bw,
          ),
        );
        const at = this.store.alloc(keyOf(image, output, 'raw'), count * 4);
        run(again, [isSum ? at : largest]);
        if (!isSum) dequantize(this.engine, largest, at, count, step.th, step.bw);
        return this.measure(image, at, count);
      }),
    );
    [...again, largest].forEach((pointer) => heap.free(pointer));
    return result;
  }

  /** Codes of a stored form on a grid, at an address that is not its own. */
  private roundTo(image: number, from: Ref, to: number, th: number, bw: number): void {
    const at = this.store.get(keyOf(image, from.id, from.form));
    if (from.form === 'raw') quantize(this.engine, at, to, this.size(from.id), th, bw);
    else requantize(this.engine, at, to, this.size(from.id), from, th, bw);
  }

  /** Codes may replace codes of the same value, so they are made beside the store first. */
  private round(image: number, from: Ref, th: number, bw: number): void {
    const { heap } = this.engine;
    const bytes = this.size(from.id) * bytesPerCode(bw);
    if (from.form === 'raw') {
      const source = keyOf(image, from.id, 'raw');
      this.store.get(source);
      const at = this.store.alloc(keyOf(image, from.id, 'codes'), bytes, [source]);
      quantize(this.engine, this.store.get(source), at, this.size(from.id), th, bw);
      return;
    }
    const copy = heap.alloc(bytes);
    this.roundTo(image, from, copy, th, bw);
    const at = this.store.alloc(keyOf(image, from.id, 'codes'), bytes);
    heap.u8(at, bytes).set(heap.u8(copy, bytes));
    heap.free(copy);
  }

  private keep(image: number, { id, bw }: CodesRef): void {
    const { heap } = this.engine;
    const bytes = this.size(id) * bytesPerCode(bw);
    const source = keyOf(image, id, 'codes');
    this.store.get(source);
    const at = this.store.alloc(keyOf(image, id, 'kept'), bytes, [source]);
    heap.u8(at, bytes).set(heap.u8(this.store.get(source), bytes));
  }

  private concat(step: Step & { do: 'concat' }): Statistics {
    const node = this.graph.nodes[step.node]!;
    const { heap } = this.engine;
    const bytes = bytesPerCode(step.bw);
    const output = node.outputs[0]!;
    const parts = step.inputs.map(({ id }) => heap.alloc(this.size(id) * bytes));
    const result = this.forEachImage((image) => {
      step.inputs.forEach((ref, i) => this.roundTo(image, ref, parts[i]!, step.th, step.bw));
      const at = this.store.alloc(keyOf(image, output, 'codes'), this.size(output) * bytes);
      const inputs = parts.map((part, i) => this.stored(step.inputs[i]!.id, 'codes', step.bw, part));
      opOf(node).reference(
        node,
        inputs,
        [this.stored(output, 'codes', step.bw, at)],
        shapesOf(this.graph, node).layout,
      );
    });
    parts.forEach((part) => heap.free(part));
    return result;
  }
}

/** One lowering after the other, the first one's output of `bytes` kept in scratch. */
function inSequence(first: Lowering, bytes: number, second: Lowering): Lowering {
  const between = aligned(first.scratch);
  const behind = aligned(first.constants);
  return {
    constants: behind + second.constants,
    scratch: between + bytes,
    prepare(engine, at) {
      first.prepare(engine, at);
      second.prepare(engine, at + behind);
    },
    run(engine, { inputs, outputs, constants, scratch }) {
      first.run(engine, { inputs, outputs: [scratch + between], constants, scratch });
      second.run(engine, {
        inputs: [scratch + between],
        outputs,
        constants: constants + behind,
        scratch: scratch + between + bytes,
      });
    },
  };
}
