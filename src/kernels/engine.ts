import { Heap } from './heap.js';
import { expectLittleEndian, keepsDenormals } from './self-test.js';
import { type KernelName, type Kernels, table } from './table.js';
import { instantiate } from './wasm.js';

/** A heap and the kernels that work on it. One per worker; not shared. */
export interface Engine {
  readonly heap: Heap;
  readonly kernels: Kernels;
  /** `wasm`: SIMD kernels; `twin`: their plain definitions, the same bits, slowly. */
  readonly kind: 'wasm' | 'twin';
}

/**
 * An engine on SIMD kernels; on the twins where they are asked for, where the runtime has no WebAssembly SIMD or refuses
 * it, and where its vector unit replaces denormal numbers by zero. Throws `unsupported` on a big-endian machine.
 */
export async function createEngine(options: { simd?: 'wasm' | 'twin' } = {}): Promise<Engine> {
  expectLittleEndian();
  const heap = new Heap();
  const kernels = options.simd === 'twin' ? undefined : await instantiate(heap);
  if (kernels !== undefined && keepsDenormals(heap, kernels)) return { heap, kernels, kind: 'wasm' };
  return { heap, kernels: twins(heap), kind: 'twin' };
}

function twins(heap: Heap): Kernels {
  const bound = Object.entries(table).map(
    ([name, row]) => [name, (...args: number[]) => row.twin(heap, ...args)] as const,
  );
  return Object.fromEntries(bound) as { [name in KernelName]: any };
}
