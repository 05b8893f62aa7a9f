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
  readonly #steps: readonly Step[];
  readonly #byNode: ReadonlyMap<number | undefined, Step>;

  /**
   * `direct`: the bits of the operators' references. `winograd`: 3 x 3 convolutions are transformed, faster, with other roundings.
   * `stored`: the values beside the outputs that {@link addressOf} is asked for.
   */
  constructor(
    engine: Engine,
    graph: Graph,
    algorithm: ConvolutionAlgorithm = 'winograd',
    stored: Iterable<ValueId> = [],
  ) {
    this.plan = plan(graph, algorithm, stored);
    this.#engine = engine;
    this.#analysed = analyse(graph);
    this.#arena = engine.heap.alloc(this.plan.arena);
    this.#steps = this.plan.nodes.map((planned) => this.#prepare(planned));
    this.#byNode = new Map(this.#steps.map((step) => [step.nodes[0], step]));
  }

  /** One forward pass. `feeds`: float32 data of each graph input, in the order of `graph.inputs`. Results: copies of `graph.outputs`. */
  run(feeds: readonly Float32Array[]): Map<ValueId, Tensor> {
    this.feed(feeds);
    for (const step of this.#steps) step.lowering.run(step.inputs, step.outputs);
    return this.outputs();
  }

  /** Copies of `graph.outputs`, behind a forward pass. */
  outputs(): Map<ValueId, Tensor> {
    return new Map(this.#analysed.graph.outputs.map((id) => [id, copyOf(this.view(id))]));
  }

  /** Writes the graph's inputs; {@link runNode} of every node in network order then does a forward pass. `feeds` as in {@link run}. */
  feed(feeds: readonly Float32Array[]): void {
    for (const [index, id] of this.#analysed.graph.inputs.entries()) this.#feed(id, feeds[index]);
  }

  /** Runs a node, and the activation that it takes in. A node that was taken in, or that computes nothing, does nothing. */
  runNode(node: number): void {
    const step = this.#byNode.get(node);
    step?.lowering.run(step.inputs, step.outputs);
  }

  /**
   * Runs some nodes alone, in their order. `at`: addresses of values that they read or write; the others are where they are
   * stored. An activation that is taken in by its layer runs with that layer.
   */
  runNodesAt(nodes: Iterable<number>, at: (id: ValueId) => number | undefined): void {
    const addresses = (ids: readonly ValueId[]): number[] => ids.map((id) => at(id) ?? this.addressOf(id));
    for (const node of nodes) {
      const step = this.#byNode.get(node);
      const last = step?.nodes.at(-1) ?? node;
      step?.lowering.run(addresses(this.#analysed.node(node).inputs), addresses(this.#analysed.node(last).outputs));
    }
  }

  /** Gives the memory back. */
  free(): void {
    for (const { lowering } of this.#steps) lowering.free();
    this.#engine.heap.free(this.#arena);
  }

  #prepare({ node, fused, lowering }: PlannedNode): Step {
    const addresses = (ids: readonly ValueId[]): number[] => ids.map((id) => this.addressOf(id));
    return {
      nodes: fused === null ? [node] : [node, fused],
      lowering: new PreparedLowering(this.#engine, lowering),
      inputs: addresses(this.#analysed.node(node).inputs),
      outputs: addresses(this.#analysed.node(fused ?? node).outputs),
    };
  }

  #feed(id: ValueId, data: Float32Array | undefined): void {
    const value = this.#analysed.value(id);
    const where = `input "${value.blob}"`;
    this.view(id).data.set(expectInput(value, data ?? fail('data', where, 'expected its values, got none.'), where));
  }

  /** The address of a stored value: valid from when it is computed until its last reader has run, of an output until the end. */
  addressOf(id: ValueId): number {
    const offset = this.plan.offsets[id] ?? -1;
    return offset >= 0 ? this.#arena + offset : fail('internal', 'runner', `value ${id} is not stored.`);
  }

  /** A stored value in the memory of the engine; see {@link addressOf} for how long it is there. */
  view(id: ValueId): Tensor {
    const { shape } = this.#analysed.value(id);
    return { shape, data: this.#engine.heap.f32(this.addressOf(id), elements(shape)) };
  }
}

const copyOf = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.slice() });
