import { type AnalysedGraph, analyse } from '../analysis/analysed-graph.js';
import { fail } from '../error.js';
import { expectInput } from '../graph/expect-input.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { ConvolutionAlgorithm } from '../kernels/convolution.js';
import type { Engine } from '../kernels/engine.js';
import { PreparedLowering } from '../kernels/prepared.js';
import { elements, type Tensor } from '../tensor.js';
import { type Plan, type PlannedNode, plan } from './plan.js';

/** A node of the plan, with the activation that it takes in, its packed constants, and the addresses of its operands. */
interface Step {
  readonly nodes: readonly number[];
  readonly lowering: PreparedLowering;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** Runs a graph in float32, image after image, in memory that is laid out and filled with packed weights once. */
export class Runner {
  readonly plan: Plan;
  readonly #engine: Engine;
  readonly #analysed: AnalysedGraph;
  readonly #arena: number;
  readonly #scratch: number;
  readonly #steps: readonly Step[];

  /** `direct`: the bits of the operators' references. `winograd`: 3 x 3 convolutions are transformed, faster, with other roundings. */
  constructor(engine: Engine, graph: Graph, algorithm: ConvolutionAlgorithm = 'winograd') {
    this.plan = plan(graph, algorithm);
    this.#engine = engine;
    this.#analysed = analyse(graph);
    this.#arena = engine.heap.alloc(this.plan.arena);
    this.#scratch = engine.heap.alloc(this.plan.scratch);
    this.#steps = this.plan.nodes.map((planned) => this.#prepare(planned));
  }

  /**
   * One forward pass. `feeds`: float32 data of each graph input, in the order of `graph.inputs`. Results: copies of `wanted`, which
   * are among `graph.outputs`; absent: of all of these.
   */
  run(feeds: readonly Float32Array[], wanted: Iterable<ValueId> = this.#analysed.graph.outputs): Map<ValueId, Tensor> {
    const { inputs } = this.#analysed.graph;
    for (const [index, id] of inputs.entries()) this.#feed(id, feeds[index]);
    for (const step of this.#steps) step.lowering.run(step.inputs, step.outputs);
    return new Map(Array.from(wanted, (id) => [id, copyOf(this.#view(id))]));
  }

  /**
   * Runs some nodes alone, in network order. `inputs`: elements of the values that they read and do not write themselves. Results:
   * copies of the stored values that they write. An activation that is taken in by its layer runs with that layer.
   */
  runNodes(nodes: ReadonlySet<number>, inputs: ReadonlyMap<ValueId, Float32Array>): Map<ValueId, Float32Array> {
    const results = new Map<ValueId, Float32Array>();
    for (const [id, data] of inputs) this.#view(id).data.set(data);
    for (const step of this.#steps) {
      const last = step.nodes.at(-1) ?? -1;
      if (!nodes.has(last)) continue;
      step.lowering.run(step.inputs, step.outputs);
      for (const id of this.#analysed.node(last).outputs) results.set(id, this.#view(id).data.slice());
    }
    return results;
  }

  /** Gives the memory back. */
  free(): void {
    for (const { lowering } of this.#steps) lowering.free();
    for (const pointer of [this.#arena, this.#scratch]) this.#engine.heap.free(pointer);
  }

  #prepare({ node, fused, lowering }: PlannedNode): Step {
    const addresses = (ids: readonly ValueId[]): number[] => ids.map((id) => this.#addressOf(id));
    return {
      nodes: fused === null ? [node] : [node, fused],
      lowering: new PreparedLowering(this.#engine, lowering, this.#scratch),
      inputs: addresses(this.#analysed.node(node).inputs),
      outputs: addresses(this.#analysed.node(fused ?? node).outputs),
    };
  }

  #feed(id: ValueId, data: Float32Array | undefined): void {
    const value = this.#analysed.value(id);
    const where = `input "${value.blob}"`;
    this.#view(id).data.set(expectInput(value, data ?? fail('data', where, 'expected its values, got none.'), where));
  }

  #addressOf(id: ValueId): number {
    const offset = this.plan.offsets[id] ?? -1;
    return offset >= 0 ? this.#arena + offset : fail('internal', 'runner', `value ${id} is not stored.`);
  }

  #view(id: ValueId): Tensor {
    const { shape } = this.#analysed.value(id);
    return { shape, data: this.#engine.heap.f32(this.#addressOf(id), elements(shape)) };
  }
}

const copyOf = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.slice() });
