import type { Graph, ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import type { Lowering } from '../kernels/lowering.js';
import type { Form } from '../placement/placement.js';
import { elements, type Tensor, type TypedArray } from '../tensor.js';

/** Addresses of one image's values, and what to free when the step at hand is over. */
export interface Run {
  readonly at: number[];
  readonly temporary: number[];
}

/** Bytes of one code. */
export const bytesPerCode = (bw: number): number => (bw === 8 ? 1 : 2);

/** Where an emulation keeps what it works on: constants for its whole life, values of one image, scratch of one step. */
export class EmulationMemory {
  private readonly owned: number[] = [];

  constructor(
    readonly engine: Engine,
    private readonly graph: Graph,
    readonly forms: readonly Form[],
  ) {}

  /** Elements of a value. */
  size(id: ValueId): number {
    return elements(this.graph.values[id]!.shape);
  }

  /** Bytes that stay until `freeOwned`. */
  own(bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    this.owned.push(pointer);
    return pointer;
  }

  freeOwned(): void {
    this.owned.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
  }

  /** Bytes that stay until the step at hand is over. */
  temporary(run: Run, bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    run.temporary.push(pointer);
    return pointer;
  }

  freeTemporary(run: Run): void {
    run.temporary.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
  }

  /** Room for a value in its form. */
  place(run: Run, id: ValueId): number {
    const form = this.forms[id]!;
    return (run.at[id] = this.engine.heap.alloc(this.size(id) * (form.kind === 'float' ? 4 : bytesPerCode(form.bw))));
  }

  /** Gives a value's room back, if it has any. */
  release(run: Run, id: ValueId): void {
    if (run.at[id] === undefined) return;
    this.engine.heap.free(run.at[id]!);
    delete run.at[id];
  }

  /** Elements of a value's shape at an address, in a form (its own if not said otherwise). */
  view(id: ValueId, at: number, form: Form = this.forms[id]!): Tensor<TypedArray> {
    const { heap } = this.engine;
    const count = this.size(id);
    const data = form.kind === 'float' ? heap.f32(at, count) : form.bw === 8 ? heap.i8(at, count) : heap.i16(at, count);
    return { shape: this.graph.values[id]!.shape, data };
  }

  /** A value outside the heap. */
  copy(run: Run, id: ValueId): Tensor<TypedArray> {
    const { shape, data } = this.view(id, run.at[id]!);
    return { shape, data: data.slice() };
  }

  /** A lowering with its constants kept and scratch at hand for each call. */
  prepared(lowering: Lowering): (inputs: number[], outputs: number[]) => void {
    const { heap } = this.engine;
    const constants = this.own(lowering.constants);
    lowering.prepare(this.engine, constants);
    return (inputs, outputs) => {
      const scratch = heap.alloc(lowering.scratch);
      lowering.run(this.engine, { inputs, outputs, constants, scratch });
      heap.free(scratch);
    };
  }
}
