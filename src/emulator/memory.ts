import { fail } from '../error.js';
import { CODES } from '../fixed/grid.js';
import type { ValueId } from '../graph/graph.js';
import type { Engine } from '../kernels/engine.js';
import { type Lowering, withoutLargeConstants } from '../kernels/lowering.js';
import type { Placement, ValuePlacement } from '../placement/placement.js';
import { elements, type Tensor, type TypedArray } from '../tensor.js';

/** Addresses of one image's values, and of the buffers that are freed after the current step. */
export interface Run {
  readonly addresses: Map<ValueId, number>;
  readonly temporary: number[];
  /** Whether clips, overflows and dead channels are counted, where the emulator has counters. */
  readonly isCounted: boolean;
}

/** A run of which nothing is computed yet beside what is `given`. */
export function newRun(isCounted: boolean, given: Iterable<readonly [ValueId, number]> = []): Run {
  return { addresses: new Map(given), temporary: [], isCounted };
}

/** The address of a value that has been computed and is still needed. */
export function addressOf(run: Run, id: ValueId): number {
  return run.addresses.get(id) ?? fail('internal', 'emulator', `expected value ${id} in memory, got none.`);
}

/** The memory of an emulation: constants for its whole life, values of one image, scratch of one step. */
export class EmulationMemory {
  private readonly owned: number[] = [];

  constructor(
    readonly engine: Engine,
    readonly placement: Placement,
  ) {}

  /** Elements of a value. */
  size(id: ValueId): number {
    return elements(this.placement.analysis.value(id).shape);
  }

  /** Allocates bytes that stay until `freeOwned`. */
  own(bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    this.owned.push(pointer);
    return pointer;
  }

  freeOwned(): void {
    this.owned.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
  }

  /** Allocates bytes that stay until the current step is over. */
  temporary(run: Run, bytes: number): number {
    const pointer = this.engine.heap.alloc(bytes);
    run.temporary.push(pointer);
    return pointer;
  }

  freeTemporary(run: Run): void {
    run.temporary.splice(0).forEach((pointer) => this.engine.heap.free(pointer));
  }

  /** Allocates a value, in codes or float32 as it is kept. */
  allocate(run: Run, id: ValueId): number {
    const pointer = this.engine.heap.alloc(this.size(id) * bytesOf(this.placement.value(id)));
    run.addresses.set(id, pointer);
    return pointer;
  }

  /** Frees a value, if it is allocated. */
  release(run: Run, id: ValueId): void {
    const pointer = run.addresses.get(id);
    if (pointer === undefined) return;
    this.engine.heap.free(pointer);
    run.addresses.delete(id);
  }

  /** Frees all values of a run. */
  releaseAll(run: Run): void {
    for (const id of [...run.addresses.keys()]) this.release(run, id);
  }

  /** Elements of a value's shape at an address, in codes or float32 as the value is kept, or as `placement` says. */
  view(
    id: ValueId,
    address: number,
    placement: ValuePlacement = this.placement.value(id),
  ): Tensor<Int8Array | Int16Array | Float32Array> {
    const element = placement.kind === 'float' ? 'f32' : CODES[placement.grid.bits].element;
    const { shape } = this.placement.analysis.value(id);
    return { shape, data: this.engine.heap[element](address, this.size(id)) };
  }

  /** A value outside the heap. */
  copy(run: Run, id: ValueId): Tensor<TypedArray> {
    const { shape, data } = this.view(id, addressOf(run, id));
    return { shape, data: data.slice() };
  }

  /** A lowering as a function, with scratch for each call, and constants that stay but for large ones. */
  prepared(given: Lowering): (inputs: number[], outputs: number[]) => void {
    const { heap } = this.engine;
    const lowering = withoutLargeConstants(given);
    const constants = this.own(lowering.constants);
    lowering.prepare(this.engine, constants);
    return (inputs, outputs) => {
      const scratch = heap.alloc(lowering.scratch);
      lowering.run(this.engine, { inputs, outputs, constants, scratch });
      heap.free(scratch);
    };
  }
}

/** Bytes of an element. */
function bytesOf(placement: ValuePlacement): number {
  return placement.kind === 'float' ? Float32Array.BYTES_PER_ELEMENT : CODES[placement.grid.bits].bytes;
}
