import { Heap } from './heap.js';
import { type KernelName, type Kernels, table } from './table.js';
import { instantiate } from './wasm.js';

/** A heap and the kernels that work on it. One per worker; not shared. */
export interface Engine {
  readonly heap: Heap;
  readonly kernels: Kernels;
  /** `wasm`: SIMD kernels; `twin`: their plain definitions, the same bits, slowly. */
  readonly kind: 'wasm' | 'twin';
}

/** An engine on SIMD kernels, or on the twins where they are asked for or the runtime has no SIMD. */
export async function createEngine(options: { simd?: 'wasm' | 'twin' } = {}): Promise<Engine> {
  const heap = new Heap();
  const kernels = options.simd === 'twin' ? undefined : await instantiate(heap);
  return kernels === undefined ? { heap, kernels: twins(heap), kind: 'twin' } : { heap, kernels, kind: 'wasm' };
}

function twins(heap: Heap): Kernels {
  const bound = Object.entries(table).map(
    ([name, row]) => [name, (...args: number[]) => row.twin(heap, ...args)] as const,
  );
  return Object.fromEntries(bound) as { [name in KernelName]: any };
}
