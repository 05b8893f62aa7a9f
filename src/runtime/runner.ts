import { expectInput } from '../graph/expect-input.js';
import type { Graph, ValueId } from '../graph/graph.js';
import type { ConvolutionAlgorithm } from '../kernels/convolution.js';
import type { Engine } from '../kernels/engine.js';
import { elements, type Tensor } from '../tensor.js';
import { type Plan, type PlannedNode, plan } from './plan.js';

/** Runs a graph in float32, image after image, in memory that is laid out and filled with packed weights once. */
export class Runner {
  readonly plan: Plan;
  private readonly arena: number;
  private readonly constants: number;
  private readonly scratch: number;

  /** `direct`: the bits of the operators' references. `winograd`: 3 x 3 convolutions are transformed, faster, with other roundings. */
  constructor(
    private readonly engine: Engine,
    private readonly graph: Graph,
    algorithm: ConvolutionAlgorithm = 'winograd',
  ) {
    this.plan = plan(graph, algorithm);
    this.constants = engine.heap.alloc(this.plan.constants);
    this.arena = engine.heap.alloc(this.plan.arena);
    this.scratch = engine.heap.alloc(this.plan.scratch);
    for (const { lowering, constants } of this.plan.nodes) lowering.prepare(engine, this.constants + constants);
  }

  /** One forward pass. `feeds`: float32 data of each graph input, in the order of `graph.inputs`. Results: copies of `graph.outputs`. */
  run(feeds: readonly Float32Array[]): Map<ValueId, Tensor> {
    this.graph.inputs.forEach((id, index) => this.feed(id, feeds[index]!));
    for (const planned of this.plan.nodes) this.runNode(planned);
    return new Map(
      this.graph.outputs.map((id) => [id, { shape: this.graph.values[id]!.shape, data: this.view(id).data.slice() }]),
    );
  }

  /** Gives the memory back. */
  free(): void {
    [this.constants, this.arena, this.scratch].forEach((pointer) => this.engine.heap.free(pointer));
  }

  private feed(id: ValueId, data: Float32Array): void {
    const value = this.graph.values[id]!;
    this.view(id).data.set(expectInput(value, data, `input "${value.blob}"`));
  }

  private at(id: ValueId): number {
    return this.arena + this.plan.offsets[id]!;
  }

  private view(id: ValueId): Tensor {
    const { shape } = this.graph.values[id]!;
    return { shape, data: this.engine.heap.f32(this.at(id), elements(shape)) };
  }

  private runNode({ node: index, fused, lowering, constants }: PlannedNode): void {
    const node = this.graph.nodes[index]!;
    const outputs = (fused === null ? node : this.graph.nodes[fused]!).outputs;
    lowering.run(this.engine, {
      inputs: node.inputs.map((id) => this.at(id)),
      outputs: outputs.map((id) => this.at(id)),
      constants: this.constants + constants,
      scratch: this.scratch,
    });
  }
}
